/** Files in a folder that outlive the process: added to, replaced, and taken away meanwhile. */

import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { FolderDisk } from '../../src/disk/disk.ts';
import { tempFolder } from '../temp-folder.ts';

const PERMISSIONS = 0o777;

test('the folder and its files are for their owner alone', () => {
  const folder = join(tempFolder(), 'state');
  const disk = new FolderDisk(folder);
  disk.append('a.log', 'one');
  disk.replace('b.log', 'two');

  expect(statSync(folder).mode & PERMISSIONS).toBe(0o700);
  expect(statSync(join(folder, 'a.log')).mode & PERMISSIONS).toBe(0o600);
  expect(statSync(join(folder, 'b.log')).mode & PERMISSIONS).toBe(0o600);
});

test('what is added is read behind what was there, and what replaces it is added to', () => {
  const folder = tempFolder();
  const disk = new FolderDisk(folder);
  expect(disk.read('a.log')).toBeUndefined();
  disk.append('a.log', 'one ');
  disk.append('a.log', 'ä ');
  disk.sync('a.log');
  expect(disk.read('a.log')).toBe('one ä ');

  disk.replace('a.log', 'new ');
  disk.append('a.log', 'two');
  disk.sync('a.log');
  expect(disk.read('a.log')).toBe('new two');
  expect(new FolderDisk(folder).read('a.log')).toBe('new two');
});

test('the folders above it are made, too', () => {
  const folder = join(tempFolder(), 'a', 'b', 'c');
  new FolderDisk(folder).append('a.log', 'one');

  expect(readFileSync(join(folder, 'a.log'), 'utf8')).toBe('one');
  expect(statSync(join(folder, '..')).mode & PERMISSIONS).toBe(0o700);
});

test.each(['/proc/nope', '/proc/nope/sub', '/sys/nope', '/dev/null/sub'])(
  'a folder that cannot be made is told at once: %s',
  (folder) => {
    expect(() => new FolderDisk(folder)).toThrow(/^E(NOENT|PERM|ACCES|NOTDIR): .*mkdir/);
  },
);

test('a file in the place of the folder is told', () => {
  const file = join(tempFolder(), 'file');
  writeFileSync(file, '');

  expect(() => new FolderDisk(file)).toThrow('it is a file, and no folder');
});

const AWAY: readonly (readonly [string, (folder: string) => void])[] = [
  [
    'a file that was removed',
    (folder) => {
      rmSync(join(folder, 'a.log'));
    },
  ],
  [
    'a file that was moved',
    (folder) => {
      renameSync(join(folder, 'a.log'), join(folder, 'b.log'));
    },
  ],
  [
    'a file in the place of which another one was put',
    (folder) => {
      renameSync(join(folder, 'a.log'), join(folder, 'b.log'));
      writeFileSync(join(folder, 'a.log'), '');
    },
  ],
  [
    'a folder that was removed',
    (folder) => {
      rmSync(folder, { recursive: true });
    },
  ],
  [
    'a folder that was moved',
    (folder) => {
      renameSync(folder, `${folder}.old`);
    },
  ],
];

test.each(AWAY)('%s while it is in use is an error, and is made again', (_, takeAway) => {
  const folder = join(tempFolder(), 'state');
  const disk = new FolderDisk(folder);
  disk.append('a.log', 'one');
  disk.sync('a.log');
  takeAway(folder);
  disk.append('a.log', 'two');

  expect(() => {
    disk.sync('a.log');
  }).toThrow(`${join(folder, 'a.log')} was moved or removed while it was in use`);
  disk.replace('a.log', 'all ');
  disk.append('a.log', 'three');
  disk.sync('a.log');
  expect(readFileSync(join(folder, 'a.log'), 'utf8')).toBe('all three');
});
