/** `ipmi-bt power`, in a process, on the simulated BMC. */

import { expect, test } from 'vitest';

import { runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';

test('the status is in the words of ipmitool', async () => {
  const text = await runCli('--sim', 'power', 'status');
  const json = await runCli('--sim', '--json', 'power', 'status');

  expect(text).toMatchObject({ exit: 0, stdout: 'Chassis Power is on\n' });
  expect(expectObjects(json.stdout, 'power-status')).toMatchObject([{ power_on: true }]);
});

test('an action without a terminal and without --yes is refused, and nothing is opened', async () => {
  const { stdout, stderr, exit } = await runCli('--sim', 'power', 'off');

  expect({ stdout, exit }).toEqual({ stdout: '', exit: 64 });
  expect(stderr).toBe(
    'ipmi-bt: power off will switch the system off at once, without a shutdown. ' +
      'Confirm with --yes; nothing was sent (see ipmi-bt help power off)\n',
  );
});

test.each([
  ['on', 'Up/On'],
  ['off', 'Down/Off'],
  ['cycle', 'Cycle'],
  ['reset', 'Reset'],
  ['soft', 'Soft'],
  ['diag', 'Diag'],
])('power %s is done with --yes', async (action, name) => {
  const { stdout, exit } = await runCli('--sim', 'power', action, '--yes');

  expect({ stdout, exit }).toEqual({ stdout: `Chassis Power Control: ${name}\n`, exit: 0 });
});

test('with --json it says what was accepted', async () => {
  const { stdout } = await runCli('--sim', '--json', 'power', 'soft', '--yes');

  expect(expectObjects(stdout, 'power-control')).toMatchObject([{ action: 'soft' }]);
});
