/** Making users as they are wanted. */

import { describe, expect, test } from 'vitest';

import type { UsersWanted } from '../../src/commands/index.ts';
import { IpmiError } from '../../src/errors.ts';
import { commandsRig } from '../support/commands-rig.ts';
import { networkRig } from '../support/network-rig.ts';
import type { Sent } from '../support/network-rig.ts';

const PASSWORD = 'hunter2-secret';
const OPERATOR = {
  id: 3,
  name: 'operator',
  password: PASSWORD,
  privilege: 'operator',
  messaging: true,
  enabled: true,
} as const;
const WANTED: UsersWanted = { channel: 1, users: [OPERATOR] };

/** Commands that set: by command, and the operation of Set User Password. */
function sets(sent: readonly Sent[]): readonly string[] {
  const names: Readonly<Record<number, string>> = { 0x43: 'access', 0x45: 'name' };
  const operations = ['disable', 'enable', 'password', 'test'];
  return sent.flatMap(([, cmd, , operation = 0]) => {
    const name = cmd === 0x47 ? operations[operation & 3] : names[cmd];
    return name === undefined || name === 'test' ? [] : [name];
  });
}

test('a new user is named, gets password and access, and is enabled last', async () => {
  const { bmc, sent } = networkRig();

  const { changes, unverified } = await bmc.user.apply(WANTED);

  expect(sets(sent)).toEqual(['name', 'password', 'access', 'enable']);
  expect(unverified).toEqual([]);
  const no = { isSecret: false };
  expect(changes).toEqual([
    { path: 'user.users[0].name', from: '', to: 'operator', ...no },
    { path: 'user.users[0].password', from: null, to: null, isSecret: true },
    { path: 'user.users[0].privilege', from: 'no-access', to: 'operator', ...no },
    { path: 'user.users[0].messaging', from: false, to: true, ...no },
    { path: 'user.users[0].enabled', from: false, to: true, ...no },
  ]);
});

test('a second apply only reads and compares; the transactions are those documented', async () => {
  const { bmc, count } = await commandsRig();

  await bmc.user.apply(WANTED);
  // The names of the nine others are read because one changes.
  expect(count()).toBe(2 + 9 + 1 + 4 + 4);

  expect((await bmc.user.apply(WANTED)).changes).toEqual([]);
  expect(count()).toBe(2 + 1);
});

test('one that is to be disabled is so before anything else', async () => {
  const { bmc, sent } = networkRig();

  await bmc.user.apply({ users: [{ id: 2, enabled: false, name: 'nobody', privilege: 'user' }] });

  expect(sets(sent)).toEqual(['disable', 'name', 'access']);
});

test('with check nothing is set, and the password is only compared', async () => {
  const { bmc, sent } = networkRig();

  const { changes, isCheck } = await bmc.user.apply(WANTED, { check: true });

  expect([changes.length, isCheck]).toEqual([5, true]);
  expect(sets(sent)).toEqual([]);
});

const ENABLED = { id: 2, enabled: true };

describe('a password', () => {
  test('that is stored in twenty bytes is the same, unless sixteen are wanted', async () => {
    const { bmc, sent } = networkRig();
    await bmc.user.setPassword({ user: 3, password: PASSWORD, bytes: 20 });
    sent.length = 0;

    expect((await bmc.user.apply({ users: [{ id: 3, password: PASSWORD }] })).changes).toEqual([]);
    const short = { id: 3, password: PASSWORD, passwordBytes: 16 } as const;
    expect((await bmc.user.apply({ users: [short] })).changes).toHaveLength(1);
    expect(sets(sent)).toEqual(['password']);
  });

  test('is not set on a BMC that cannot compare, and the error says how it would be', async () => {
    const { bmc, sent } = networkRig({ canTestPasswords: false });

    await expect(bmc.user.apply(WANTED)).rejects.toThrow(
      'user.users[0].password: the BMC cannot compare passwords; with setPassword "always" it is set without that, each time; nothing was set',
    );
    expect(sets(sent)).toEqual([]);
  });

  test('is set there each time with always, and told as not verified', async () => {
    const { bmc, sent, clock } = networkRig({ canTestPasswords: false });
    const users = [{ id: 3, password: PASSWORD, setPassword: 'always' as const }];

    const { unverified } = await bmc.user.apply({ users });
    await bmc.user.apply({ users });

    expect(unverified).toEqual([
      { path: 'user.users[0].password', reason: 'the BMC cannot compare passwords' },
    ]);
    expect(sets(sent)).toEqual(['password', 'password']);
    expect(clock.now()).toBe(0);
  });

  test('that the BMC does not have afterwards is told', async () => {
    const { bmc, clock } = networkRig({}, ([, cmd, , operation = 0]) =>
      cmd === 0x47 && operation === 2 ? [0] : undefined,
    );

    const { unverified } = await clock.until(bmc.user.apply(WANTED));

    expect(unverified).toEqual([
      { path: 'user.users[0].password', reason: 'the BMC says that it has another password' },
    ]);
  });

  test('is sent once, if no answer comes', async () => {
    const { bmc, sent } = networkRig({}, ([, cmd, , operation = 0]) => {
      if (cmd !== 0x47 || operation !== 2) return undefined;
      throw new IpmiError('REQUEST_TIMEOUT', 'no answer', { outcome: 'unknown' });
    });

    await expect(bmc.user.apply(WANTED)).rejects.toThrow(
      'REQUEST_TIMEOUT: user.users[0].password: no answer; set before: user.users[0].name',
    );
    expect(sets(sent)).toEqual(['name', 'password']);
  });

  test('is sent once, if the BMC says that the answer to it is missing', async () => {
    const { bmc, sent, clock } = networkRig({}, ([, cmd, , operation = 0]) =>
      cmd === 0x47 && operation === 2 ? [0xc3] : undefined,
    );

    await expect(clock.until(bmc.user.apply(WANTED))).rejects.toMatchObject({
      completionCode: 0xc3,
    });
    expect(sets(sent)).toEqual(['name', 'password']);
  });

  test('is in no result and in no error', async () => {
    const rigs = [networkRig(), networkRig({ canTestPasswords: false })];
    const told: string[] = [];

    for (const { bmc } of rigs) {
      const settled = await Promise.allSettled([
        bmc.user.apply(WANTED),
        bmc.user.apply({ users: [{ ...OPERATOR, password: `${PASSWORD}\n` }] }),
        bmc.user.apply({ users: [{ ...OPERATOR, password: PASSWORD.repeat(2) }] }),
        bmc.user.apply({ users: [{ ...OPERATOR, password: [PASSWORD] as never }] }),
      ]);
      told.push(
        ...settled.map((one) =>
          one.status === 'fulfilled' ? JSON.stringify(one.value) : String(one.reason),
        ),
      );
    }

    expect(told.join('\n')).not.toContain('hunter2');
    expect(told).toHaveLength(8);
  });
});

test('a state that the BMC does not tell is set each time, and told as not verified', async () => {
  const { bmc, sent } = networkRig({ tellsEnabled: false });

  const { changes, unverified } = await bmc.user.apply({ users: [{ id: 2, enabled: true }] });

  expect(changes).toMatchObject([{ from: null, to: true }]);
  expect(unverified).toEqual([
    { path: 'user.users[0].enabled', reason: 'the BMC does not tell the state of a user' },
  ]);
  expect(sets(sent)).toEqual(['enable']);
});

test('a name that the BMC refuses is told, and nothing is done after it', async () => {
  const { bmc, sent } = networkRig({}, ([, cmd]) => (cmd === 0x45 ? [0xcc] : undefined));

  await expect(bmc.user.apply(WANTED)).rejects.toThrow(
    /^COMMAND_FAILED: user.users\[0\].name: Set User Name .* 0xcc .*; nothing was set before it$/,
  );
  expect(sets(sent)).toEqual(['name']);
});

describe('wanted users are checked before anything is sent:', () => {
  test.each<[unknown, string]>([
    [{}, 'user.users is missing'],
    [{ users: {} }, 'user.users: an object is not a list'],
    [{ users: [{ name: 'a' }] }, 'user.users[0].id is missing'],
    [{ users: [{ id: 64 }] }, 'user.users[0].id: 64 is not an integer from 1 to 63'],
    [{ users: [] }, 'user.users names no user'],
    [{ users: [{ id: 2 }] }, 'user.users[0] names no setting'],
    [{ users: [ENABLED, ENABLED] }, 'user.users[1].id: 2 is there twice'],
    [{ users: [{ id: 2, name: 'a'.repeat(17) }] }, 'user.users[0].name has 17 characters'],
    [{ users: [{ id: 2, privilege: 'root' }] }, 'user.users[0].privilege: "root" is none of'],
    [{ users: [{ id: 2, passwordBytes: 18 }] }, 'user.users[0].passwordBytes: 18 is not 16 or 20'],
    [{ users: [{ id: 2, setPassword: 'always' }] }, 'users[0].setPassword is given, and no pass'],
    [{ users: [{ id: 2, passwordBytes: 16 }] }, 'users[0].passwordBytes is given, and no passw'],
    [{ users: [{ id: 2, password: '' }] }, 'user.users[0].password is empty'],
    [
      { users: [{ id: 2, password: 'a'.repeat(17), passwordBytes: 16 }] },
      'user.users[0].password has 17 bytes, and passwordBytes is 16',
    ],
    [{ users: [{ id: 2, pasword: 'x' }] }, 'user.users[0] has no setting "pasword"; did you mean'],
  ])('%j', async (wanted, message) => {
    const { bmc, sent } = networkRig();

    await expect(bmc.user.apply(wanted as UsersWanted)).rejects.toThrow(message);
    expect(sent).toEqual([]);
  });
});
