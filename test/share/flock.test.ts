/** flock(2) of open files, by the addon and by the program of util-linux. */

import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { loadNative } from '../../src/native.ts';
import { flockOf } from '../../src/share/flock.ts';
import { noNative } from '../support/fake-native.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Descriptors of one file, each opened for itself, as different processes have them. */
function descriptors(count: number): number[] {
  const path = join(tempFolder(), 'file');
  return Array.from({ length: count }, () => {
    const fd = openSync(path, 'w');
    onTestFinished(() => {
      closeSync(fd);
    });
    return fd;
  });
}

describe.each([
  ['the addon', loadNative],
  ['flock(1)', noNative],
])('by %s', (_, load) => {
  const flock = flockOf(load());

  test('an exclusive lock keeps out all others until it is given up', () => {
    const [one = -1, two = -1] = descriptors(2);

    expect([flock.tryLock(one), flock.tryLock(one)]).toEqual([true, true]);
    expect([flock.tryLock(two), flock.tryShare(two)]).toEqual([false, false]);
    flock.unlock(one);
    expect(flock.tryLock(two)).toBe(true);
  });

  test('a shared lock keeps out exclusive ones only', () => {
    const [one = -1, two = -1] = descriptors(2);

    expect([flock.tryShare(one), flock.tryShare(two)]).toEqual([true, true]);
    expect(flock.tryLock(two)).toBe(false);
    // The attempt has cost the second its shared lock.
    expect(flock.tryLock(one)).toBe(true);
  });

  test('to unlock what is not locked is no error', () => {
    const [one = -1] = descriptors(1);

    flock.unlock(one);
    expect(flock.tryLock(one)).toBe(true);
  });
});

test('without the addon and flock(1) the error says how to get one of them', () => {
  const [fd = -1] = descriptors(1);
  const path = process.env['PATH'];
  process.env['PATH'] = '/nowhere';
  onTestFinished(() => {
    process.env['PATH'] = path;
  });

  expect(() => flockOf(noNative()).tryLock(fd)).toThrow(
    'PORT_UNSUPPORTED: no way to lock the interface: the native addon cannot be loaded: it was ' +
      'not built; flock of util-linux: spawnSync flock ENOENT (run `npm run build:native`, or ' +
      'install util-linux)',
  );
});
