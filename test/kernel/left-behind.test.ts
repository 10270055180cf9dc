/** Records of takeovers, and those that no process will give back any more. */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { findLeftBehind, findTaken, leftText } from '../../src/kernel/left-behind.ts';
import { Users } from '../../src/share/users.ts';
import { fakeFiles } from '../support/fake-files.ts';
import type { FakeTable } from '../support/fake-files.ts';
import { BASE, BOUND, UNBOUND } from '../support/kernel-bench.ts';
import { tempFolder } from '../support/temp-folder.ts';

const RECORD = { bus: 'platform', device: 'IPI0001:00', driver: 'ipmi_si', keep: false };

/** A folder of locks, in the table as far as records go. */
function hostWith(table: FakeTable, record: object = RECORD) {
  const folder = tempFolder();
  const files = fakeFiles({ ...table, [`${folder}/bt-0xce4.taken`]: JSON.stringify(record) });
  return { folder, files };
}

test('a device without a driver that is on record was left behind', () => {
  const { folder, files } = hostWith(UNBOUND);

  const left = findLeftBehind(files, folder);

  expect(left).toEqual([{ ...RECORD, base: BASE }]);
  expect(left.map(leftText)).toEqual([
    'IPI0001:00 is still unbound from ipmi_si: the process that had taken it was killed; ' +
      'bind it again with: ipmi-bt release --base 0xce4',
  ]);
});

test.each([
  ['has its driver again', BOUND, RECORD],
  ['was claimed', UNBOUND, { ...RECORD, keep: true }],
  ['has a driver that was unloaded', { '/proc/ioports': '' }, RECORD],
])('one that %s was not', (_, table, record) => {
  const { folder, files } = hostWith(table, record);

  expect(findTaken(files, folder)).toHaveLength(1);
  expect(findLeftBehind(files, folder)).toEqual([]);
});

test('nor one that a process still borrows', () => {
  const folder = tempFolder();
  const users = new Users({ base: BASE, folder });
  onTestFinished(() => {
    users.close();
  });
  users.join();
  const { ino } = statSync(join(folder, 'bt-0xce4.takers'));
  const record = { [`${folder}/bt-0xce4.taken`]: JSON.stringify(RECORD) };
  const locks = `1: FLOCK  ADVISORY  WRITE 1234 00:19:${ino} 0 EOF\n`;

  expect(findLeftBehind(fakeFiles({ ...UNBOUND, ...record }), folder)).toHaveLength(1);
  const open = { '/proc/1234/fd/5': { linkTo: `${folder}/bt-0xce4.takers` } };
  const files = fakeFiles({ ...UNBOUND, ...record, ...open, '/proc/locks': locks });
  expect(findLeftBehind(files, folder)).toEqual([]);
});

test('names that are no record of ours are not read', () => {
  const table = { '/run/x/bt-0xce4.lock': '', '/run/x/bt-0xzz.taken': JSON.stringify(RECORD) };

  expect(findTaken(fakeFiles(table), '/run/x')).toEqual([]);
});
