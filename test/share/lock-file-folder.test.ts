/** The folder that the files of processes lie in: whose it may be, and who may write there. */

import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { loadNative } from '../../src/native.ts';
import { flockOf } from '../../src/share/flock.ts';
import { LockFile, checkFolder } from '../../src/share/lock-file.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { thrownBy } from '../support/thrown-by.ts';

const REMOVE = 'remove the path if ipmi-bt did not make it; it is made again';
const MISSING = 'a folder of the path is missing: make it';

/** Returns the text of the error when `path` cannot be used. */
function refusalOf(path: string, reason: string, remedy = REMOVE): string {
  return `PORT_DENIED: the interface cannot be locked with ${path}: ${reason} (${remedy})`;
}

describe('the folder', () => {
  test('is made for this user only, and taken again', () => {
    const folder = join(tempFolder(), 'locks');

    checkFolder(folder);
    checkFolder(folder);

    expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
  });

  const NO_FOLDER = 'it is no folder but a link or a file';
  const WRITABLE = 'others may write there';
  const cases: readonly (readonly [string, string, (folder: string) => void])[] = [
    ['a link', NO_FOLDER, (folder) => symlinkSync('.', folder)],
    ['a file', NO_FOLDER, (folder) => writeFileSync(folder, '')],
    ['writable for others', WRITABLE, (folder) => makeWritable(folder, 0o702)],
    ['writable for a group and others', WRITABLE, (folder) => makeWritable(folder, 0o772)],
  ];

  test.each(cases)('that is %s is refused', (_, why, make) => {
    const folder = join(tempFolder(), 'locks');
    make(folder);

    const message = refusalOf(folder, why);
    expect(thrownBy(() => checkFolder(folder))).toMatchObject({ code: 'PORT_DENIED', message });
  });

  test('that has no parent is refused', () => {
    const folder = join(tempFolder(), 'in', 'locks');

    const reason = `ENOENT: no such file or directory, mkdir '${folder}'`;
    expect(thrownBy(() => checkFolder(folder))).toMatchObject({
      message: refusalOf(folder, reason, MISSING),
      cause: { code: 'ENOENT', path: folder },
    });
  });

  test('that is writable for a group is taken, and its files are for that group', () => {
    const folder = join(tempFolder(), 'locks');
    makeWritable(folder, 0o2770);
    const path = join(folder, 'file');

    checkFolder(folder);
    const file = new LockFile(path, flockOf(loadNative()));
    expect(file.tryLock()).toBe(true);
    file.close();

    const { mode, gid } = statSync(path);
    expect([(mode & 0o777).toString(8), gid]).toEqual(['660', statSync(folder).gid]);
  });

  test.each([
    ['another group, which is given it', 4242],
    ['this group, without a bit that hands it on', undefined],
  ])('that is writable for %s', (_, gid) => {
    const folder = join(tempFolder(), 'locks');
    makeWritable(folder, 0o770);
    // Only root can give a folder away.
    if (process.geteuid?.() === 0 && gid !== undefined) chownSync(folder, -1, gid);
    const path = join(folder, 'file');
    const file = new LockFile(path, flockOf(loadNative()));
    expect(file.tryLock()).toBe(true);
    file.close();

    const stats = statSync(path);
    expect([(stats.mode & 0o777).toString(8), stats.uid]).toEqual(['660', process.geteuid?.()]);
    expect(stats.gid).toBe(statSync(folder).gid);
  });

  test('that belongs to root, or to this user, is taken', () => {
    const folder = join(tempFolder(), 'locks');
    checkFolder(folder);
    const { uid } = statSync(folder);
    const spy = vi.spyOn(process, 'geteuid');
    onTestFinished(() => {
      spy.mockRestore();
    });

    // Only root can give a folder away.
    if (uid === 0) {
      spy.mockReturnValue(4711);
      checkFolder(folder);
      chownSync(folder, 4711, 4711);
    }
    expect(() => {
      checkFolder(folder);
    }).not.toThrow();
  });

  test('that belongs to another user is refused', () => {
    const folder = join(tempFolder(), 'locks');
    checkFolder(folder);
    // Root's own folder is anybody's; that of another is nobody else's.
    if (process.geteuid?.() === 0) chownSync(folder, 4242, 4242);
    const { uid } = statSync(folder);
    const spy = vi.spyOn(process, 'geteuid').mockReturnValue(uid + 1);
    onTestFinished(() => {
      spy.mockRestore();
    });

    const message = refusalOf(folder, `it belongs to user ${uid}`);
    expect(thrownBy(() => checkFolder(folder))).toMatchObject({ message });
  });
});

function makeWritable(folder: string, mode: number): void {
  mkdirSync(folder);
  chmodSync(folder, mode);
}
