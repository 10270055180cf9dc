/** Files that processes lock, and the folder they lie in. */

import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { loadNative } from '../../src/native.ts';
import { flockOf } from '../../src/share/flock.ts';
import { LOCK_FOLDER, LockFile, checkFolder, lockPath } from '../../src/share/lock-file.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { noNative } from '../support/fake-native.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** One file, as `count` processes have it. */
function files(count: number, load = loadNative) {
  const path = join(tempFolder(), 'file');
  const all = Array.from({ length: count }, () => new LockFile(path, flockOf(load())));
  onTestFinished(() => {
    for (const file of all) file.close();
  });
  return { path, all };
}

/** The same for two. */
function two(load = loadNative) {
  const { path, all } = files(2, load);
  const [one, other] = all;
  if (one === undefined || other === undefined) throw new Error('bug: fewer than two');
  return { path, one, other };
}

test('the files of an interface lie in one folder, by its base', () => {
  expect(lockPath(LOCK_FOLDER, 0xce4, 'takers')).toBe('/run/ipmi-bt/bt-0xce4.takers');
});

describe.each([
  ['the addon', loadNative],
  ['flock(1)', noNative],
])('a file, by %s,', (_, load) => {
  test('is locked by one, or by several together', () => {
    const { one, other } = two(load);

    expect([one.tryLock(), one.tryLock(), one.isLocked]).toEqual([true, true, true]);
    expect([other.tryLock(), other.tryShare(), other.isLocked]).toEqual([false, false, false]);
    expect([one.tryShare(), one.isLocked]).toEqual([true, false]);
    expect([other.tryShare(), other.tryLock()]).toEqual([true, false]);
    // The attempt has cost the other its shared lock.
    expect([one.tryLock(), other.tryShare()]).toEqual([true, false]);
  });

  test('is free again after unlock() and after close()', () => {
    const { one, other } = two(load);
    one.tryShare();

    one.unlock();
    expect(other.tryLock()).toBe(true);
    other.close();
    other.close();
    expect([other.isLocked, one.tryLock()]).toEqual([false, true]);
  });
});

describe('a file that is removed', () => {
  test.each(['tryLock', 'tryShare'] as const)('is given up and made again: %s', (lock) => {
    const { path, one, other } = two();
    one[lock]();
    rmSync(path);

    expect([one[lock](), one.isLocked, one[lock]()]).toEqual([false, false, true]);
    expect(other.tryLock()).toBe(false);
  });

  test('is not waited for by a process that did not get it', () => {
    const { path, one, other } = two();
    one.tryLock();
    other.tryLock();
    rmSync(path);

    expect([other.tryLock(), other.tryLock()]).toEqual([false, true]);
  });
});

describe('the content', () => {
  test('is what was written last, seen by all that have tried the lock', () => {
    const { path, one, other } = two();
    expect(one.read()).toBeUndefined();
    one.write('lost');
    one.tryLock();
    expect(one.read()).toBe('');

    one.write('a long text');
    one.write('short');

    expect(other.tryLock()).toBe(false);
    expect([other.read(), readFileSync(path, 'utf8')]).toEqual(['short', 'short']);
  });
});

describe('a file that cannot be opened', () => {
  test.each(['tryLock', 'tryShare'] as const)('because it is a link is refused: %s', (lock) => {
    const { path, one } = two();
    symlinkSync('elsewhere', path);

    expect(() => one[lock]()).toThrow(
      /^PORT_DENIED: the interface .* with .*\/file: .*ELOOP.*root/,
    );
  });

  test('because its folder was removed is refused', () => {
    const file = new LockFile('/nowhere/file', flockOf(loadNative()));

    expect(() => file.tryShare()).toThrow(/^PORT_DENIED: .*\/nowhere\/file: .*ENOENT/);
  });
});

test('the other processes that have a file locked are known by its number', () => {
  const { path, one } = two();
  one.tryShare();
  const { ino } = statSync(path);
  const locks = `1: FLOCK  ADVISORY  READ 1234 00:19:${ino} 0 EOF
2: FLOCK  ADVISORY  READ ${process.pid} 00:19:${ino} 0 EOF
3: FLOCK  ADVISORY  WRITE 77 00:19:${ino + 1} 0 EOF
4: POSIX  ADVISORY  WRITE 78 00:19:${ino} 0 EOF
`;

  expect(one.holders(fakeFiles({ '/proc/locks': locks }))).toEqual([1234]);
  expect(one.holders(fakeFiles({}))).toEqual([]);
  one.close();
  expect(one.holders(fakeFiles({ '/proc/locks': locks }))).toEqual([]);
});

describe('the folder', () => {
  test('is made for this user only, and taken again', () => {
    const folder = join(tempFolder(), 'locks');

    checkFolder(folder);
    checkFolder(folder);

    expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
  });

  const cases: readonly (readonly [string, RegExp, (folder: string) => void])[] = [
    ['a link', /it is no folder/, (folder) => symlinkSync('.', folder)],
    ['a file', /it is no folder/, (folder) => writeFileSync(folder, '')],
    ['writable for others', /others may write/, (folder) => makeWritable(folder, 0o702)],
    ['writable for a group', /others may write/, (folder) => makeWritable(folder, 0o770)],
    ['without a parent', /ENOENT/, (folder) => rmSync(join(folder, '..'), { recursive: true })],
  ];

  test.each(cases)('that is %s is refused', (_, why, make) => {
    const folder = join(tempFolder(), 'in', 'locks');
    mkdirSync(join(folder, '..'));
    make(folder);

    expect(() => checkFolder(folder)).toThrow(why);
    expect(() => checkFolder(folder)).toThrow(
      /^PORT_DENIED: the interface cannot be locked with .*\(run as root; remove the path/,
    );
  });
});

function makeWritable(folder: string, mode: number): void {
  mkdirSync(folder);
  chmodSync(folder, mode);
}
