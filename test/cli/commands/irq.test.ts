/** `ipmi-bt irq` on the command line; what it does to a machine, `irq/binding.test.ts` tests. */

import { expect, test } from 'vitest';

import { EXIT_CODES } from '../../../src/errors.ts';
import { runCli } from '../../support/cli-run.ts';

test('irq takes one of three words', async () => {
  const { stderr, exit } = await runCli('irq', 'steal');

  expect(exit).toBe(64);
  expect(stderr).toMatch(/irq "steal" is not one of bind, unbind, status/);
});

test('irq has nothing to do with the simulated BMC', async () => {
  const { stderr, exit } = await runCli('--sim', 'irq', 'status');

  expect(exit).toBe(64);
  expect(stderr).toContain('irq needs hardware, and cannot be used with --sim');
});

test('irq status reads files, of an interface that may not be there, and changes nothing', async () => {
  const { stdout, exit } = await runCli('--base', '0xfff0', '--json', 'irq', 'status');

  expect(exit).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    ...{ schema: 'ipmi-bt/irq-status', version: 1, base: 0xfff0, bus: null, device: null },
    ...{ driver: null, irq: null, uio: null, uio_interrupts: null, line_interrupts: null },
    ...{ line: null, openers: [], state: 'none' },
    verdict: 'Interrupt of 0xfff0 is not available: the kernel shows no device at these ports.',
  });
});

test.each([
  ['and no interface is looked for', []],
  ['whatever base is named', ['--base', '0xce4']],
])('a line that is not there is told by its name, %s', async (_, where) => {
  const result = await runCli(...where, '--irq', '/dev/uio4294967295', 'raw', '6', '1');

  expect(result).toEqual({
    stdout: '',
    stderr: 'ipmi-bt: DEVICE_ABSENT: /dev/uio4294967295 is no UIO device\n',
    exit: EXIT_CODES.DEVICE_ABSENT,
  });
});
