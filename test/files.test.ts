/** The real files, in a folder of the test's own. */

import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { systemFiles } from '../src/files.ts';
import { tempFolder } from './support/temp-folder.ts';

describe('reading', () => {
  test('gives text, bytes, names in order, and the targets of links', () => {
    const folder = tempFolder();
    for (const name of ['b', 'a']) writeFileSync(join(folder, name), `${name}\n`);
    symlinkSync('../there', join(folder, 'link'));

    expect(systemFiles.readText(join(folder, 'a'))).toBe('a\n');
    expect([...(systemFiles.readBytes(join(folder, 'b')) ?? [])]).toEqual([0x62, 0x0a]);
    expect(systemFiles.list(folder)).toEqual(['a', 'b', 'link']);
    expect(systemFiles.look(folder)).toEqual({ kind: 'read', names: ['a', 'b', 'link'] });
    expect(systemFiles.linkTarget(join(folder, 'link'))).toBe('../there');
    expect(['a', 'link'].map((name) => systemFiles.exists(join(folder, name)))).toEqual([
      ...[true, false],
    ]);
  });

  test('gives the number of a character device, and of nothing else', () => {
    const folder = tempFolder();
    symlinkSync('/dev/null', join(folder, 'link'));
    writeFileSync(join(folder, 'file'), '');
    const others = [folder, join(folder, 'link'), join(folder, 'file'), join(folder, 'missing')];

    expect(systemFiles.deviceNumber('/dev/null')).toBe('1:3');
    expect(systemFiles.deviceNumber('/dev/full')).toBe('1:7');
    expect(others.map((path) => systemFiles.deviceNumber(path))).toEqual(Array(4).fill(undefined));
  });

  test('does not throw at what is missing, or of another kind', () => {
    const folder = tempFolder();
    const missing = join(folder, 'missing');

    expect(systemFiles.readText(missing)).toBeUndefined();
    expect(systemFiles.readText(folder)).toBeUndefined();
    expect(systemFiles.readBytes(missing)).toBeUndefined();
    expect(systemFiles.list(missing)).toEqual([]);
    expect(systemFiles.linkTarget(folder)).toBeUndefined();
    expect(systemFiles.look(missing)).toEqual({ kind: 'gone' });
  });

  test('tells a folder that cannot be read from an empty one', () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');

    expect(systemFiles.look(file)).toMatchObject({
      kind: 'denied',
      reason: expect.stringContaining('ENOTDIR') as string,
    });
  });
});

describe('writing', () => {
  test('to a file replaces its text', async () => {
    const path = join(tempFolder(), 'file');
    writeFileSync(path, 'long text');

    await systemFiles.write(path, 'one');
    expect(readFileSync(path, 'utf8')).toBe('one');
    systemFiles.writeNow(path, 'two');
    expect(readFileSync(path, 'utf8')).toBe('two');
  });

  test('replaces a whole file, for its owner only or as it is told, and leaves no draft', () => {
    const folder = tempFolder();
    const path = join(folder, 'file');

    systemFiles.replace(path, 'secret');
    expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
    systemFiles.replace(path, 'text', 0o640);

    expect(readFileSync(path, 'utf8')).toBe('text');
    expect((statSync(path).mode & 0o777).toString(8)).toBe('640');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('says who owns a path and may write to it, and does not follow links', () => {
    const folder = tempFolder();
    const path = join(folder, 'file');
    writeFileSync(path, '', { mode: 0o640 });
    symlinkSync(path, join(folder, 'link'));

    const stat = systemFiles.stat(path);
    expect(stat).toMatchObject({ kind: 'file', uid: process.getuid?.(), gid: process.getgid?.() });
    expect(((stat?.mode ?? 0) & 0o777).toString(8)).toBe('640');
    expect(systemFiles.stat(join(folder, 'link'))?.kind).toBe('link');
    expect(systemFiles.stat(folder)?.kind).toBe('folder');
    expect(systemFiles.stat('/dev/null')?.kind).toBe('other');
    expect(systemFiles.stat(join(folder, 'none'))).toBeUndefined();
  });

  test.each([
    ['its draft', `file.${process.pid}`],
    ['the file itself', 'file'],
  ])('a link in the place of %s is replaced, and what it leads to is left alone', (_, name) => {
    const [folder, target] = [tempFolder(), join(tempFolder(), 'target')];
    writeFileSync(target, 'as it was');
    symlinkSync(target, join(folder, name));

    systemFiles.replace(join(folder, 'file'), 'text');

    expect(readFileSync(target, 'utf8')).toBe('as it was');
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('text');
    expect(readdirSync(folder)).toEqual(['file']);
    expect(lstatSync(join(folder, 'file')).isSymbolicLink()).toBe(false);
  });

  test('gives a file its owner and its mode', () => {
    const path = join(tempFolder(), 'file');
    writeFileSync(path, '');
    const { uid, gid } = statSync(path);

    systemFiles.setAccess(path, { uid, gid, mode: 0o640 });

    expect((statSync(path).mode & 0o777).toString(8)).toBe('640');
  });

  test('removes a file, also one that is not there', () => {
    const folder = tempFolder();
    const path = join(folder, 'file');
    writeFileSync(path, '');

    systemFiles.remove(path);
    systemFiles.remove(path);

    expect(readdirSync(folder)).toEqual([]);
  });

  test("throws the system's error", async () => {
    const folder = join(tempFolder(), 'folder');
    mkdirSync(folder);

    await expect(systemFiles.write(folder, '')).rejects.toThrow('EISDIR');
    expect(() => {
      systemFiles.replace(join(folder, 'missing', 'file'), '');
    }).toThrow('ENOENT');
  });
});

describe('a file that is not what it should be', () => {
  test('is not read when it has no end', () => {
    expect([systemFiles.readText('/dev/zero'), systemFiles.readBytes('/dev/zero')]).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('is not waited for when it is a FIFO', () => {
    const path = join(tempFolder(), 'fifo');
    execFileSync('mkfifo', [path]);

    expect(systemFiles.readText(path)).toBe('');
  });

  test('is not written through a link in the place of a draft', () => {
    const folder = tempFolder();
    const precious = join(folder, 'precious');
    writeFileSync(precious, 'mine');
    symlinkSync(precious, join(folder, `file.${process.pid}`));

    systemFiles.replace(join(folder, 'file'), 'text');

    expect(readFileSync(precious, 'utf8')).toBe('mine');
    expect(readdirSync(folder).sort()).toEqual(['file', 'precious']);
  });
});

test('an open file is read and written in order, or from a position on', () => {
  const path = join(tempFolder(), 'file');
  writeFileSync(path, 'abcdef');
  const fd = systemFiles.open(path);
  const bytes = new Uint8Array(4);

  expect(systemFiles.readFrom(fd, bytes)).toBe(4);
  expect(systemFiles.readFrom(fd, bytes)).toBe(2);
  expect(systemFiles.readFrom(fd, bytes, 1)).toBe(4);
  expect(Buffer.from(bytes).toString()).toBe('bcde');
  systemFiles.writeTo(fd, Buffer.from('XY'), 2);
  systemFiles.writeTo(fd, Buffer.from('Z'));
  systemFiles.close(fd);

  expect(readFileSync(path, 'utf8')).toBe('abXYefZ');
});
