/** `ipmi-bt mc`, in a process, on the simulated BMC. */

import { expect, test } from 'vitest';

import { SIM_LINE, runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';

test('info, guid and selftest print what the BMC says of itself', async () => {
  const info = await runCli('--sim', 'mc', 'info');
  const test = await runCli('--sim', 'mc', 'selftest');
  const json = await runCli('--sim', '--json', 'mc', 'info');
  const guid = await runCli('--sim', '--json', 'mc', 'guid');

  expect(info).toMatchObject({ exit: 0, stderr: SIM_LINE });
  expect(info.stdout).toContain('Firmware Revision         : 2.35\n');
  expect(test.stdout).toBe('Selftest: passed\n');
  expect(expectObjects(json.stdout, 'mc-info')).toMatchObject([{ firmware_revision: '2.35' }]);
  expect(expectObjects(guid.stdout, 'mc-guid')).toMatchObject([
    { system_guid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
  ]);
});

test('enables are printed, and those that are named are set', async () => {
  const set = await runCli('--sim', '--json', 'mc', 'enables', 'oem0=on', '--yes');
  const printed = await runCli('--sim', 'mc', 'enables');
  const wrong = await runCli('--sim', 'mc', 'enables', 'oem3=on', '--yes');

  expect(expectObjects(set.stdout, 'mc-enables')).toMatchObject([
    { oem0: true, system_event_log: true, changed: ['oem0'] },
  ]);
  expect(printed.stdout).toContain('System Event Logging                 : on\n');
  expect(wrong).toMatchObject({ exit: 64, stdout: '' });
});

test('a reset needs to be confirmed, and says what it will do', async () => {
  const refused = await runCli('--sim', 'mc', 'reset', 'cold');
  const done = await runCli('--sim', 'mc', 'reset', 'warm', '--yes');
  const unknown = await runCli('--sim', 'mc', 'reset', 'hot', '--yes');

  expect(refused).toMatchObject({ exit: 64, stdout: '' });
  expect(refused.stderr).toContain('access are not available for a while then. Confirm with --yes');
  expect(done).toMatchObject({ exit: 0, stdout: 'Sent warm reset command to MC\n' });
  expect(unknown.stderr).toContain('mc reset takes cold or warm');
});

test('the self test in JSON', async () => {
  const { stdout } = await runCli('--sim', '--json', 'mc', 'selftest');

  expect(expectObjects(stdout, 'mc-self-test')).toMatchObject([{ result: 'passed', faults: [] }]);
});
