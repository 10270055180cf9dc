/** Names that other users of a simulated BMC have. */

import { expect, test } from 'vitest';

import { offenders } from '../support/lists.ts';
import { networkRig } from '../support/network-rig.ts';
import type { Sent } from '../support/network-rig.ts';

/** The ids whose names were read, and the names that were set. */
function names(sent: readonly Sent[]): { read: readonly number[]; set: readonly string[] } {
  const reads = sent.filter(([, cmd]) => cmd === 0x46).map(([, , id = 0]) => id);
  const sets = sent
    .filter(([, cmd]) => cmd === 0x45)
    .map(([, , id = 0, ...name]) => {
      const text = String.fromCharCode(...name).replace(/\0+$/, '');
      return `${id} ${text}`;
    });
  return { read: reads, set: sets };
}

const TAKEN =
  'COMMAND_FAILED: user.users[0].name: user 2 has the name "ADMIN"; take another name, or rename user 2 before; nothing was set';

test.each([false, true])('a name of another user is refused, with check %s', async (check) => {
  const { bmc, sent } = networkRig();
  const users = [{ id: 3, name: 'ADMIN', privilege: 'operator', enabled: true } as const];

  await expect(bmc.user.apply({ users }, { check })).rejects.toThrow(TAKEN);

  expect(offenders(sent, ([, cmd]) => [0x43, 0x45, 0x47].includes(cmd))).toEqual([]);
});

test('a name that two wanted users are to have is refused', async () => {
  const { bmc, sent } = networkRig();
  const users = [
    { id: 3, name: 'operator' },
    { id: 4, name: 'operator' },
  ];

  await expect(bmc.user.apply({ users })).rejects.toThrow(
    'user.users[1].name: user 3 has the name "operator"',
  );
  expect(names(sent).set).toEqual([]);
});

test('a name that its user gives up before is free, and one that is given up later is not', async () => {
  const { bmc, sent } = networkRig();
  const [old, next] = [
    { id: 2, name: 'root' },
    { id: 3, name: 'ADMIN' },
  ];

  await expect(bmc.user.apply({ users: [next, old] })).rejects.toThrow(TAKEN);
  expect(names(sent).set).toEqual([]);

  await bmc.user.apply({ users: [old, next] });
  expect(names(sent).set).toEqual(['2 root', '3 ADMIN']);
});

test('names of others are read only where a user gets another name', async () => {
  const { bmc, sent } = networkRig();

  await bmc.user.apply({ users: [{ id: 2, name: 'ADMIN', enabled: true }] });
  expect(names(sent).read).toEqual([2]);

  sent.length = 0;
  await bmc.user.apply({ users: [{ id: 2, name: '' }] }, { check: true });
  expect(names(sent).read).toEqual([2]);

  sent.length = 0;
  await bmc.user.apply({ users: [{ id: 2, name: 'root' }] }, { check: true });
  expect(names(sent).read).toEqual([2, 1, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('a user whose name the BMC does not have is no obstacle', async () => {
  const { bmc, sent } = networkRig({}, ([, cmd, id]) =>
    cmd === 0x46 && id === 9 ? [0xcc] : undefined,
  );

  await bmc.user.apply({ users: [{ id: 3, name: 'operator' }] });

  expect(names(sent).set).toEqual(['3 operator']);
});
