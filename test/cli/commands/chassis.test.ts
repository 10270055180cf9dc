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

test('identify, policy and boot device are changed with --yes, and refused without', async () => {
  const refused = await runCli('--sim', 'chassis', 'bootdev', 'pxe');
  const identify = await runCli('--sim', '--json', 'chassis', 'identify', '60', '--yes');
  const policy = await runCli('--sim', '--json', 'chassis', 'policy', 'always-on', '--yes');
  const device = await runCli('--sim', '--json', 'chassis', 'bootdev', 'pxe', '--efi', '--yes');

  expect(refused).toMatchObject({ exit: 64, stdout: '' });
  expect(expectObjects(identify.stdout, 'chassis-identify')).toMatchObject([
    { state: 'temporary', interval_seconds: 60 },
  ]);
  expect(expectObjects(policy.stdout, 'power-restore-policy')).toMatchObject([
    { policy: 'always-on', supported: ['always-off', 'previous', 'always-on'] },
  ]);
  expect(expectObjects(device.stdout, 'boot-device')).toMatchObject([
    { valid: true, efi: true, persistent: false, device: 'pxe' },
  ]);
});

test('restart cause, counter and boot device are printed', async () => {
  const cause = await runCli('--sim', '--json', 'chassis', 'restart-cause');
  const poh = await runCli('--sim', '--json', 'chassis', 'poh');
  const device = await runCli('--sim', 'chassis', 'bootdev');

  expect(expectObjects(cause.stdout, 'restart-cause')).toMatchObject([{ cause: 'unknown' }]);
  expect(expectObjects(poh.stdout, 'poh-counter')).toMatchObject([{ minutes_per_count: 60 }]);
  expect(device.stdout).toContain('Boot Device               : none\n');
});

test.each(['--efi', '--persistent'])('%s without a boot device is refused', async (flag) => {
  const { stderr, exit } = await runCli('--sim', 'chassis', 'bootdev', flag, '--yes');

  expect(exit).toBe(64);
  expect(stderr).toContain(`${flag} needs the device to boot from, such as pxe or disk`);
});

test('a parameter of the boot options is printed in bytes', async () => {
  const { stdout, exit } = await runCli('--sim', 'chassis', 'bootparam', 'get', '5');
  const json = await runCli('--sim', '--json', 'chassis', 'bootparam', '5', '--set', '0');

  expect(exit).toBe(0);
  expect(stdout).toContain('Boot parameter            : 5\n');
  expect(expectObjects(json.stdout, 'boot-parameter')).toMatchObject([
    { parameter: 5, set: 0, block: 0, locked: false, data: [0, 0, 0, 0, 0] },
  ]);
});

test('one that the BMC does not have is not found, and more than one is a mistake', async () => {
  const missing = await runCli('--sim', 'chassis', 'bootparam', '99');
  const two = await runCli('--sim', 'chassis', 'bootparam', '5', '6');

  expect(missing.exit).toBe(1);
  expect(missing.stderr).toContain('the BMC has no boot parameter 99\n');
  expect(two.exit).toBe(64);
  expect(two.stderr).toContain('takes the number of one parameter');
});
