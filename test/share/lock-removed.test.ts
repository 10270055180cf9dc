/** A lock whose folder is removed, by an administrator say, while processes use it. */

import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { InterfaceLock } from '../../src/share/lock.ts';
import { tempFolder } from '../support/temp-folder.ts';

function folderOf(): string {
  return join(tempFolder(), 'locks');
}

function lockIn(folder: string): InterfaceLock {
  const lock = new InterfaceLock({ base: 0xce4, firstSeq: 0, folder });
  onTestFinished(() => {
    lock.close();
  });
  return lock;
}

describe('the folder is removed while processes live', () => {
  test('the one that has the lock notices it, and no two have it then', () => {
    const folder = folderOf();
    const [one, two] = [lockIn(folder), lockIn(folder)];
    expect([one.tryAcquire(false), one.isValid()]).toEqual([true, true]);
    rmSync(folder, { recursive: true });

    expect([two.tryAcquire(false), one.isValid(), two.isValid()]).toEqual([true, false, true]);
    one.release();
    const tries = [1, 2, 3].map(() => one.tryAcquire(true));
    expect(tries).toEqual([false, false, false]);
    two.release();
    expect([one.tryAcquire(true), two.tryAcquire(true)]).toEqual([true, false]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  test('and whatever is in its place lets go of the lock, and is told at the next request', () => {
    const folder = folderOf();
    const lock = lockIn(folder);
    lock.tryAcquire(false);
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'not a folder');

    // The first call gives its file up, the second makes it again.
    expect([lock.isWanted(), lock.isWanted(), lock.isValid()]).toEqual([true, true, false]);
    lock.release();
    expect(() => [1, 2].map(() => lock.tryAcquire(false))).toThrow('PORT_DENIED');
  });
});
