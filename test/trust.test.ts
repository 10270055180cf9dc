/** Which files a process obeys, in tables of hosts, and once with real files. */

import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { systemFiles } from '../src/files.ts';
import { distrustOfFile, distrustOfFolder, distrustOfPath, isTrustedLike } from '../src/trust.ts';
import { FakeSystem } from './support/fake-files.ts';
import type { FakeTable } from './support/fake-files.ts';
import { tempFolder } from './support/temp-folder.ts';

const FILE = '/etc/ipmi-bt.json';
const OTHER = 1234;

function host(table: FakeTable = { [FILE]: '{}' }): FakeSystem {
  return new FakeSystem(table);
}

describe('a file that root has written is obeyed', () => {
  test.each([
    ['as it is', host()],
    ['of this process', host().own(FILE, { uid: process.getuid?.() ?? 0 })],
    ['that all may read', host().own(FILE, { mode: 0o644 })],
    ['behind a link', host({ [FILE]: { linkTo: '../srv/a.json' }, '/srv/a.json': '{}' })],
    ['behind an absolute link', host({ [FILE]: { linkTo: '/srv/a.json' }, '/srv/a.json': '{}' })],
    ['behind a link that leads nowhere', host({ [FILE]: { linkTo: '/srv/a.json' } })],
    ['in a folder where only an owner removes', host().own('/etc', { mode: 0o1777 })],
    ['that is not there', host({ '/etc/other': '' })],
  ])('%s', (_, files) => {
    expect(distrustOfPath(FILE, files)).toBeUndefined();
  });
});

const LINKED = { '/etc/ipmi-bt.json': { linkTo: '/srv/x/a.json' }, '/srv/x/a.json': '{}' };

describe('a file is not obeyed that', () => {
  test.each([
    ['another user owns', host().own(FILE, { uid: OTHER }), `${FILE} belongs to user 1234`],
    [
      'a group may write',
      host().own(FILE, { mode: 0o100_664 }),
      `other users may write to ${FILE} (mode 664)`,
    ],
    [
      'all may write',
      host().own(FILE, { mode: 0o646 }),
      `other users may write to ${FILE} (mode 646)`,
    ],
    [
      'lies in a folder of another user',
      host().own('/etc', { uid: OTHER }),
      '/etc belongs to user 1234',
    ],
    [
      'lies in a folder that others may write',
      host().own('/etc', { mode: 0o775 }),
      'other users may write to /etc (mode 775)',
    ],
    [
      'lies below a root folder that others may write',
      host().own('/', { mode: 0o777 }),
      'other users may write to / (mode 777)',
    ],
    [
      'is a link of another user',
      host(LINKED).own(FILE, { uid: OTHER }),
      `${FILE} belongs to user 1234`,
    ],
    [
      'a link leads to, in a folder of another user',
      host(LINKED).own('/srv/x', { uid: OTHER }),
      '/srv/x belongs to user 1234',
    ],
    [
      'a link leads to, of another user',
      host(LINKED).own('/srv/x/a.json', { uid: OTHER }),
      '/srv/x/a.json belongs to user 1234',
    ],
    [
      'is a link to itself',
      host({ [FILE]: { linkTo: 'ipmi-bt.json' } }),
      `${FILE} leads through too many symbolic links`,
    ],
    ['is a pipe', host().own(FILE, { kind: 'other' }), `${FILE} is not a regular file`],
    ['is a folder', host({ [`${FILE}/a`]: '' }), `${FILE} is not a regular file`],
  ])('%s', (_, files, reason) => {
    expect(distrustOfPath(FILE, files)).toBe(reason);
  });
});

test('in a folder that was checked, a link in place of a file is not obeyed', () => {
  expect(distrustOfFile(FILE, host())).toBeUndefined();
  expect(distrustOfFile('/etc/none', host())).toBeUndefined();
  expect(distrustOfFile(FILE, host(LINKED))).toBe(`${FILE} is not a regular file`);
  expect(distrustOfFile(FILE, host().own(FILE, { uid: OTHER }))).toBe(
    `${FILE} belongs to user 1234`,
  );
});

test('a folder is checked with all above it, and one that is not there is no reason', () => {
  const folder = tempFolder();
  const [outer, inner] = [join(folder, 'outer'), join(folder, 'outer', 'inner')];
  mkdirSync(inner, { recursive: true, mode: 0o755 });
  writeFileSync(join(inner, 'file'), '');

  expect(distrustOfFolder(inner, systemFiles)).toBeUndefined();
  expect(distrustOfFolder(join(inner, 'none', 'such'), systemFiles)).toBeUndefined();
  const file = join(inner, 'file');
  expect(distrustOfFolder(file, systemFiles)).toBe(`${file} is not a folder`);
  chmodSync(outer, 0o777);
  expect(distrustOfFolder(inner, systemFiles)).toBe(`other users may write to ${outer} (mode 777)`);
});

test.each(['w.json', './w.json', 'config/../w.json'])(
  'a path from the working folder, such as %s, is that of a file there',
  (path) => {
    const full = join(process.cwd(), 'w.json');
    const files = host({ [full]: '{}', [join(process.cwd(), 'config')]: 'folder' });
    expect(distrustOfPath(path, files)).toBeUndefined();
    files.own(full, { mode: 0o666 });

    expect(distrustOfPath(path, files)).toBe(`other users may write to ${full} (mode 666)`);
  },
);

test('real files are looked at as the tables are', () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'a'), { mode: 0o755 });
  const [file, link] = [join(folder, 'a', 'file'), join(folder, 'link')];
  writeFileSync(file, '');
  symlinkSync('a/../a/./file', link);

  expect(distrustOfPath(link, systemFiles)).toBeUndefined();
  chmodSync(join(folder, 'a'), 0o777);
  expect(distrustOfPath(link, systemFiles)).toBe(
    `other users may write to ${join(folder, 'a')} (mode 777)`,
  );
});

test.each([
  [{ uid: 5, gid: 5, mode: 0o664 }, { uid: 5, gid: 5, mode: 0o664 }, true],
  [{ uid: 0, gid: 5, mode: 0o644 }, { uid: 5, gid: 5, mode: 0o664 }, true],
  [{ uid: 6, gid: 5, mode: 0o644 }, { uid: 5, gid: 5, mode: 0o644 }, false],
  [{ uid: 5, gid: 5, mode: 0o664 }, { uid: 5, gid: 5, mode: 0o644 }, false],
  [{ uid: 5, gid: 6, mode: 0o664 }, { uid: 5, gid: 5, mode: 0o664 }, false],
  [{ uid: 5, gid: 5, mode: 0o646 }, { uid: 5, gid: 5, mode: 0o664 }, false],
])('code %j beside code %j is trusted like it: %s', (file, measure, isTrusted) => {
  expect(isTrustedLike(file, measure)).toBe(isTrusted);
});
