/** Files that are read whole, and names of options by mistake, whose reading would have no end. */

import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { readSmallFile } from '../src/small-file.ts';
import { tempFolder } from './temp-folder.ts';

const MIB = 1024 * 1024;

test('a file, also behind a link, has its content and its mode', () => {
  const [file, link] = ['file', 'link'].map((name) => join(tempFolder(), name)) as [string, string];
  writeFileSync(file, 'text');
  chmodSync(file, 0o640);
  symlinkSync(file, link);
  const { content, mode } = readSmallFile(link);

  expect([content.toString(), mode & 0o777]).toEqual(['text', 0o640]);
});

test('a file of the kernel, which has no size, is read to its end', () => {
  const theirs = readFileSync('/proc/version', 'utf8');

  expect(theirs).toMatch(/^Linux/);
  expect(readSmallFile('/proc/version').content.toString()).toBe(theirs);
});

test('a file of 1 MiB is read, and a longer one is not', () => {
  const file = join(tempFolder(), 'file');
  writeFileSync(file, '');
  expect(readSmallFile(file).content).toHaveLength(0);
  truncateSync(file, MIB);
  expect(readSmallFile(file).content).toHaveLength(MIB);
  truncateSync(file, MIB + 1);

  expect(() => readSmallFile(file)).toThrow(`${file} is longer than 1048576 bytes`);
});

test('a caller may allow more or less', () => {
  const file = join(tempFolder(), 'file');
  writeFileSync(file, '');
  truncateSync(file, 2 * MIB);

  expect(readSmallFile(file, 2 * MIB).content).toHaveLength(2 * MIB);
  expect(() => readSmallFile(file, 100)).toThrow(`${file} is longer than 100 bytes`);
});

test('a pipe without a writer is told at once, and is no file', () => {
  const pipe = join(tempFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);

  expect(() => readSmallFile(pipe)).toThrow(`${pipe} is no file, but a folder, a pipe or a device`);
});

test.each(['/dev/zero', '/dev/null', '/proc'])('%s is no file', (path) => {
  expect(() => readSmallFile(path)).toThrow(`${path} is no file, but a folder, a pipe or a device`);
});

test('a file that is not there is told as the system tells it', () => {
  expect(() => readSmallFile('/no/file')).toThrow(/^ENOENT/);
});
