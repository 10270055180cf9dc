/** Files that are written whole or not at all, on disks that are full and names that are taken. */

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { writeWhole } from '../src/whole-file.ts';
import { ROOT } from './support/source-code.ts';
import { tempFolder } from './support/temp-folder.ts';

test('a file is replaced, and has the mode that it is to have', () => {
  const path = join(tempFolder(), 'a');
  writeFileSync(path, 'old');
  chmodSync(path, 0o600);

  writeWhole(path, 'new', { mode: 0o640 });

  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(join(path, '..'))).toEqual(['a']);
});

test('a new file takes no name that a file, or a link to nothing, has', () => {
  const folder = tempFolder();
  const [file, link, free] = [join(folder, 'a'), join(folder, 'b'), join(folder, 'c')];
  writeFileSync(file, 'old');
  symlinkSync('/nowhere/x', link);
  const make = (path: string) => (): void => {
    writeWhole(path, 'new', { mode: 0o600, isNew: true });
  };

  expect(make(file)).toThrow(/^EEXIST/);
  expect(make(link)).toThrow(/^EEXIST/);
  make(free)();

  expect([readFileSync(file, 'utf8'), readFileSync(free, 'utf8')]).toEqual(['old', 'new']);
  expect(readdirSync(folder)).toEqual(['a', 'b', 'c']);
});

test('a draft of an earlier process of this number is no obstacle, and a link is not followed', () => {
  const folder = tempFolder();
  const [path, other] = [join(folder, 'a'), join(folder, 'other')];
  writeFileSync(other, 'theirs');
  symlinkSync(other, `${path}.${process.pid}`);

  writeWhole(path, 'new', { mode: 0o600 });

  expect([readFileSync(path, 'utf8'), readFileSync(other, 'utf8')]).toEqual(['new', 'theirs']);
});

test('a name that a folder has is an error, and no draft is left', () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'a'));

  expect(() => {
    writeWhole(join(folder, 'a'), 'new', { mode: 0o600 });
  }).toThrow(/^EISDIR/);
  expect(readdirSync(folder)).toEqual(['a']);
});

test.each([true, false])('a full disk leaves what was there; a new file: %s', (isNew) => {
  const folder = tempFolder();
  const path = join(folder, 'a');
  if (!isNew) writeFileSync(path, 'old');
  const program = `
    import { writeWhole } from ${JSON.stringify(join(ROOT, 'dist/whole-file.js'))};
    const file = { mode: 0o600, isNew: ${isNew} };
    try { writeWhole(process.argv[1], 'x'.repeat(100_000), file); } catch (e) { console.log(e.code); }`;
  // A limit of the size of files stands for the full disk; the signal for it is ignored.
  const line = `trap '' XFSZ; ulimit -f 8; "$0" --input-type=module -e "$1" "$2"`;

  const out = execFileSync('bash', ['-c', line, process.execPath, program, path]);

  expect(out.toString()).toBe('EFBIG\n');
  expect(readdirSync(folder)).toEqual(isNew ? [] : ['a']);
});
