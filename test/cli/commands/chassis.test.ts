/** `ipmi-bt chassis`, in a process, on the simulated BMC. */

import { expect, test } from 'vitest';

import { SIM_LINE, runCli } from '../../support/cli-run.ts';
import { expectObjects } from '../../support/json-output.ts';

test('the status is a table in the labels of ipmitool', async () => {
  const { stdout, stderr, exit } = await runCli('--sim', 'chassis', 'status');

  expect({ stderr, exit }).toEqual({ stderr: SIM_LINE, exit: 0 });
  expect(stdout.split('\n').slice(0, 2)).toEqual([
    'System Power              : on',
    'Power Overload            : false',
  ]);
});

test('with --json it is one object of its schema', async () => {
  const { stdout, exit } = await runCli('--sim', '--json', 'chassis', 'status');

  expect(exit).toBe(0);
  expect(expectObjects(stdout, 'chassis-status')).toMatchObject([
    { power_on: true, power_restore_policy: 'previous', identify: 'off', buttons_disabled: null },
  ]);
});

test('an action that is missing or unknown is told with those that there are', async () => {
  const missing = await runCli('--sim', 'chassis');
  const unknown = await runCli('--sim', 'chassis', 'statsu');

  expect(missing).toMatchObject({ exit: 64, stdout: '' });
  expect(missing.stderr).toContain('chassis takes one of: status');
  expect(unknown.stderr).toContain("unknown action 'statsu'; did you mean chassis status?");
});

test('the help of the family lists its actions', async () => {
  const { stdout, exit } = await runCli('help', 'chassis');

  expect(exit).toBe(0);
  expect(stdout).toContain('status');
});
