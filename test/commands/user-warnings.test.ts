/** Warnings of users of a simulated BMC that are enabled without a name or a password. */

import { expect, test } from 'vitest';

import type { ApplyResult } from '../../src/commands/index.ts';
import { offenders } from '../support/lists.ts';
import { networkRig } from '../support/network-rig.ts';

const NAME = {
  path: 'user.users[0].name',
  reason: 'user 3 is to be enabled without a name: a login without one is as this user',
};
const PASSWORD = {
  path: 'user.users[0].password',
  reason: 'user 3 is to be enabled without a password: set one, or leave it disabled',
};

test.each([false, true])('a user without both gives two warnings, with check %s', async (check) => {
  const { bmc } = networkRig();

  const result = await bmc.user.apply({ users: [{ id: 3, enabled: true }] }, { check });

  expect(result.warnings).toEqual([NAME, PASSWORD]);
  expect(result.changes).toMatchObject([{ path: 'user.users[0].enabled', to: true }]);
});

test('the warnings are told to confirm, and are there where nothing changes', async () => {
  const { bmc } = networkRig();
  const users = [{ id: 3, name: 'operator', enabled: true }];
  const told: ApplyResult['warnings'][] = [];
  const confirm = (_: unknown, warnings: ApplyResult['warnings']) => told.push(warnings) > 0;

  await bmc.user.apply({ users }, { confirm });
  const again = await bmc.user.apply({ users }, { confirm });

  expect(told).toEqual([[PASSWORD]]);
  expect(again).toMatchObject({ changes: [], warnings: [PASSWORD] });
});

test('a name and a password, old or new, leave no warning', async () => {
  const { bmc } = networkRig();
  const enabled = { id: 3, enabled: true };

  const made = await bmc.user.apply({ users: [{ ...enabled, name: 'op', password: 'hunter2' }] });
  const enabledAgain = await bmc.user.apply({ users: [enabled] });

  expect([made.warnings, enabledAgain.warnings]).toEqual([[], []]);
});

test('an empty password of twenty bytes is one, too', async () => {
  const { bmc, execute } = networkRig();
  await bmc.user.setName(3, 'operator');
  execute(0x06, 0x47, 0x83, 0x02, ...new Uint8Array(20));

  const { warnings } = await bmc.user.apply({ users: [{ id: 3, enabled: true }] });

  expect(warnings).toEqual([PASSWORD]);
});

test('a user that is not to be enabled is not asked about', async () => {
  const { bmc, sent } = networkRig();

  const { warnings } = await bmc.user.apply({ users: [{ id: 3, privilege: 'user' }] });

  expect(warnings).toEqual([]);
  expect(offenders(sent, ([, cmd]) => cmd === 0x47)).toEqual([]);
});

test.each([0xcc, 0xc0])('a BMC that answers a comparison by %i gives no warning', async (code) => {
  const { bmc } = networkRig({}, ([, cmd, , operation]) =>
    cmd === 0x47 && operation === 3 ? [code] : undefined,
  );

  const users = [{ id: 3, name: 'operator', enabled: true }];
  const { warnings, changes } = await bmc.user.apply({ users });

  expect(warnings).toEqual([]);
  expect(changes).toHaveLength(2);
});
