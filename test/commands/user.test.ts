/** Users of a simulated BMC: the list, and one command at a time. */

import { expect, test } from 'vitest';

import { commandsRig } from '../support/commands-rig.ts';
import { networkRig } from '../support/network-rig.ts';

test('the list has all ids with names, in two transactions each', async () => {
  const { bmc, count } = await commandsRig();

  const list = await bmc.user.list(1);

  expect(count()).toBe(2 * 10);
  expect(list).toMatchObject({ channel: 1, most: 10, enabled: 1, fixedNames: 1 });
  expect(list.users).toHaveLength(10);
  expect(list.users.slice(0, 2)).toMatchObject([
    { id: 1, name: '', isEnabled: false, access: { privilege: 'no-access' } },
    {
      id: 2,
      name: 'ADMIN',
      isEnabled: true,
      access: { privilege: 'administrator', hasMessaging: true },
    },
  ]);
});

test('the LAN channel is found where none is named', async () => {
  const { bmc, count } = await commandsRig();

  expect((await bmc.user.list()).channel).toBe(1);
  expect(count()).toBe(1 + 2 * 10);
});

test('a user without a name that the BMC refuses to tell has an empty one', async () => {
  const { bmc } = networkRig({}, ([, cmd, id]) => (cmd === 0x46 && id === 4 ? [0xcc] : undefined));

  expect((await bmc.user.list(1)).users[3]).toMatchObject({ id: 4, name: '' });
});

test('a user that the BMC does not have after all is left out', async () => {
  const { bmc } = networkRig({}, ([, cmd, , id]) =>
    cmd === 0x44 && id === 9 ? [0xcb] : undefined,
  );

  const { users } = await bmc.user.list(1);

  expect(users.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10]);
});

test('other refusals are errors', async () => {
  const access = networkRig({}, ([, cmd, , id]) => (cmd === 0x44 && id === 2 ? [0xd4] : undefined));
  const name = networkRig({}, ([, cmd]) => (cmd === 0x46 ? [0xd4] : undefined));

  await expect(access.bmc.user.list(1)).rejects.toMatchObject({ completionCode: 0xd4 });
  await expect(name.bmc.user.list(1)).rejects.toMatchObject({ completionCode: 0xd4 });
});

test('the state of a user that the BMC does not tell is not known', async () => {
  const { bmc } = networkRig({ tellsEnabled: false });

  expect((await bmc.user.list(1)).users[1]).toMatchObject({ isEnabled: undefined });
});

test('name, state, access and password are set by one transaction each', async () => {
  const { bmc, count } = await commandsRig();
  const flags = { hasMessaging: true, hasLinkAuthentication: false, isCallbackOnly: false };

  await bmc.user.setName(3, 'operator');
  await bmc.user.setEnabled(3, true);
  await bmc.user.setAccess({ channel: 1, user: 3, access: { ...flags, privilege: 'operator' } });
  await bmc.user.setPassword({ user: 3, password: 'hunter2' });

  expect(count()).toBe(4);
  expect((await bmc.user.list(1)).users[2]).toMatchObject({
    name: 'operator',
    isEnabled: true,
    access: { ...flags, privilege: 'operator' },
  });
});

test('a set that the BMC refuses is an error', async () => {
  const { bmc } = networkRig({}, () => [0xd4]);
  const access = { hasMessaging: true, hasLinkAuthentication: false, isCallbackOnly: false };
  const refused = { code: 'COMMAND_FAILED', completionCode: 0xd4 };

  await expect(bmc.user.setName(3, 'operator')).rejects.toMatchObject(refused);
  await expect(bmc.user.setEnabled(3, true)).rejects.toMatchObject(refused);
  await expect(
    bmc.user.setAccess({ channel: 1, user: 3, access: { ...access, privilege: 'user' } }),
  ).rejects.toMatchObject(refused);
  await expect(bmc.user.setPassword({ user: 3, password: 'hunter2' })).rejects.toMatchObject(
    refused,
  );
});

test('a password that cannot be stored is refused without a word of it', async () => {
  const { bmc, sent } = networkRig();
  const long = 'one of more than twenty bytes';

  await expect(bmc.user.setPassword({ user: 3, password: long })).rejects.toThrow(
    new RangeError('the password has 29 bytes; the BMC stores 20 at most'),
  );
  await expect(
    bmc.user.setPassword({ user: 3, password: 'seventeen letters', bytes: 16 }),
  ).rejects.toThrow('the password has 17 bytes, and is to be stored in 16');
  await expect(bmc.user.setName(3, 'seventeen letters')).rejects.toThrow(RangeError);
  expect(sent).toEqual([]);
});

test('a BMC that is too busy to compare a password is an error', async () => {
  const { bmc } = networkRig({}, () => [0xc0]);

  await expect(bmc.user.testPassword({ user: 3, password: 'hunter2' })).rejects.toMatchObject({
    completionCode: 0xc0,
  });
});

test('a password is compared in its size, and a long one is stored in twenty bytes', async () => {
  const { bmc, sent } = networkRig();
  const long = 'seventeen letters';

  await bmc.user.setPassword({ user: 3, password: long });

  expect(await bmc.user.testPassword({ user: 3, password: long })).toBe('same');
  expect(await bmc.user.testPassword({ user: 3, password: 'seventeen_letters' })).toBe('different');
  expect(await bmc.user.testPassword({ user: 3, password: 'short' })).toBe('wrong-size');
  expect(await bmc.user.testPassword({ user: 3, password: 'short', bytes: 20 })).toBe('different');
  expect(sent.map((one) => one.length - 4)).toEqual([20, 20, 20, 16, 20]);
  expect(sent[0]?.slice(2, 4)).toEqual([0x83, 0x02]);
});

test('a BMC that cannot compare is told from one that has another password', async () => {
  const { bmc } = networkRig({ canTestPasswords: false });

  expect(await bmc.user.testPassword({ user: 3, password: 'hunter2' })).toBe('unsupported');
});

test('a password is never sent again after silence', async () => {
  const { bmc, options } = networkRig();

  await bmc.user.setPassword({ user: 3, password: 'hunter2' });

  expect(options).toMatchObject([{ retries: 'safe' }]);
});
