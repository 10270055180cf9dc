/** Secrets from files and descriptors. */

import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { UsageError } from '../../src/cli/args.ts';
import { readSecret } from '../../src/cli/secret-file.ts';
import { tempFolder } from '../support/temp-folder.ts';

const NAME = '--password-file';

function fileOf(content: string | Uint8Array): string {
  const path = join(tempFolder(), 'secret');
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

function read(from: string | number, trouble?: string): string {
  const secret = readSecret({ from, name: NAME, troubleOf: () => trouble });
  return Buffer.from(secret).toString('latin1');
}

describe('one newline at the end is left out:', () => {
  test.each([
    ['hunter2\n', 'hunter2'],
    ['hunter2\r\n', 'hunter2'],
    ['hunter2', 'hunter2'],
    ['hunter2\n\n', 'hunter2\n'],
    ['hunter2\r', 'hunter2\r'],
    ['\n', ''],
    ['', ''],
  ])('%j', (content, secret) => {
    expect(read(fileOf(content))).toBe(secret);
  });
});

test('bytes that are no text are kept', () => {
  expect(read(fileOf(Uint8Array.of(0xff, 0x80, 0x0a)))).toBe('\u00ff\u0080');
});

test('a descriptor is read to its end, and stays open', () => {
  const fd = openSync(fileOf('hunter2\n'), 'r');

  expect(read(fd)).toBe('hunter2');
  expect(read(fd)).toBe('');
  closeSync(fd);
});

test('what is wrong with a secret is told with the file, and without the secret', () => {
  const path = fileOf('hunter2');

  expect(() => read(path, 'is too short')).toThrow(
    new UsageError(`--password-file: the secret in ${path} is too short`),
  );
});

test('a file that cannot be read is told with the reason', () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'inner'));

  expect(() => read(join(folder, 'absent'))).toThrow(
    /absent cannot be read: there is no such file/,
  );
  expect(() => read(join(folder, 'inner'))).toThrow(/inner cannot be read: it is a folder$/);
  expect(() => read(999)).toThrow(
    /^--password-file: descriptor 999 cannot be read: it is not open/,
  );
});

test('a file without end is not read to it', () => {
  expect(() => read('/dev/zero')).toThrow(
    '--password-file: /dev/zero has more than 4096 bytes, and is no secret',
  );
});
