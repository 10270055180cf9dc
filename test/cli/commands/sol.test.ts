/** `ipmi-bt sol`, in a process, on the simulated BMC. */

import { expect, test } from 'vitest';

import { runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';

test('the configuration is printed in the labels of ipmitool, and as JSON', async () => {
  const text = await runCli('--sim', 'sol', 'print');
  const json = await runCli('--sim', '--json', 'sol', 'print', '--channel', '1');

  expect(text.stdout).toContain('Retry Interval (ms)             : 500\n');
  expect(expectObjects(json.stdout, 'sol')).toMatchObject([
    { channel: 1, enabled: true, privilege: 'administrator', payload_port: 623 },
  ]);
});

test('a channel without SOL is refused: exit code 1', async () => {
  const { stdout, stderr, exit } = await runCli('--sim', 'sol', 'print', '--channel', '2');

  expect({ stdout, exit }).toEqual({ stdout: '', exit: 1 });
  expect(stderr).toContain('ipmi-bt: there is no channel 2; there are: 0 (ipmb), 1 (lan-802.3), ');
});
