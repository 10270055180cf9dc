/** The file of the sequence numbers: what is read back, and files that cannot be used. */

import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, onTestFinished, test, vi } from 'vitest';

import { SequenceFile } from '../../src/share/sequence-file.ts';
import { tempFolder } from '../support/temp-folder.ts';

function fileAt(path: string): SequenceFile {
  const file = new SequenceFile(path);
  onTestFinished(() => {
    file.close();
  });
  return file;
}

test('what one process writes, the next reads', () => {
  const path = join(tempFolder(), 'bt-0xce4.seq');
  const file = fileAt(path);
  expect([...(file.read() ?? [1])]).toEqual([]);
  expect(file.write(Uint8Array.of(1, 2, 3, 4), 4)).toBe(true);
  expect(file.write(Uint8Array.of(9, 8), 2)).toBe(true);

  expect([...(fileAt(path).read() ?? [])]).toEqual([9, 8, 3, 4]);
});

test('a file that was removed is made anew', () => {
  const path = join(tempFolder(), 'bt-0xce4.seq');
  const file = fileAt(path);
  file.write(Uint8Array.of(1, 2), 2);
  rmSync(path);

  expect([...(file.read() ?? [1])]).toEqual([]);
  expect(file.write(Uint8Array.of(3), 1)).toBe(true);
  expect([...readFileSync(path)]).toEqual([3]);
});

test('it can be used again after it was closed', () => {
  const file = fileAt(join(tempFolder(), 'bt-0xce4.seq'));
  const before = openFiles();
  file.write(Uint8Array.of(1, 2), 2);
  expect(openFiles()).toBe(before + 1);
  file.close();
  file.close();
  expect(openFiles()).toBe(before);

  expect([...(file.read() ?? [])]).toEqual([1, 2]);
});

test('a link, a folder and a folder that is missing are no file: nothing is read or written', () => {
  const folder = tempFolder();
  const [link, target] = [join(folder, 'link'), join(folder, 'target')];
  writeFileSync(target, 'kept');
  symlinkSync(target, link);
  mkdirSync(join(folder, 'folder'));

  for (const name of ['link', 'folder', 'missing/folder/file']) {
    const file = fileAt(join(folder, name));
    expect([file.read(), file.write(Uint8Array.of(1), 1)]).toEqual([undefined, false]);
  }
  expect(readFileSync(target, 'utf8')).toBe('kept');
  expect(existsSync(join(folder, 'missing'))).toBe(false);
});

test('a file that cannot be opened to the group of the folder is not left open', () => {
  const folder = tempFolder();
  chmodSync(folder, 0o770);
  const path = join(folder, 'bt-0xce4.seq');
  const file = fileAt(path);
  file.write(Uint8Array.of(1), 1);
  file.close();
  chmodSync(path, 0o600);
  const before = openFiles();
  // Stands for a system call that fails, which none does for root.
  const spy = vi.spyOn(process, 'geteuid').mockImplementation(() => {
    throw Object.assign(new Error('EPERM: no'), { code: 'EPERM' });
  });
  onTestFinished(() => {
    spy.mockRestore();
  });

  expect([file.read(), file.write(Uint8Array.of(1), 1)]).toEqual([undefined, false]);
  expect(openFiles()).toBe(before);
});

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}
