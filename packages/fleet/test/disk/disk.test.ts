/** Files in a folder that outlive the process: added to, replaced, and taken away meanwhile. */

import { readFileSync, rmSync, statSync } from 'node:fs';
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

test('a file that was removed while it is in use is an error, and is made again', () => {
  const folder = tempFolder();
  const disk = new FolderDisk(folder);
  disk.append('a.log', 'one');
  disk.sync('a.log');
  rmSync(join(folder, 'a.log'));
  disk.append('a.log', 'two');

  expect(() => {
    disk.sync('a.log');
  }).toThrow(`${join(folder, 'a.log')} was removed while it was in use`);
  disk.append('a.log', 'three');
  disk.sync('a.log');
  expect(readFileSync(join(folder, 'a.log'), 'utf8')).toBe('three');
});
