/** flock(2) of open files, by the addon and by the program of util-linux. */

import { closeSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { loadNative } from '../../src/native.ts';
import { flockOf } from '../../src/share/flock.ts';
import { noNative } from '../support/fake-native.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { thrownBy } from '../support/thrown-by.ts';

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

test('the locks of the addon are taken where there is one', () => {
  const load = loadNative();

  expect(load.kind).toBe('loaded');
  expect(flockOf(load)).toBe(load.kind === 'loaded' ? load.locks : undefined);
});

/** Programs are looked for in this folder only, until the test is over. */
function usePath(folder: string): void {
  const path = process.env['PATH'];
  process.env['PATH'] = folder;
  onTestFinished(() => {
    process.env['PATH'] = path;
  });
}

/** Returns the text of the error when there is no addon, and flock(1) fails like this. */
function noWay(why: string): string {
  return (
    'PORT_UNSUPPORTED: no way to lock the interface: the native addon cannot be loaded: it was ' +
    `not built; flock of util-linux: ${why} (run \`npm run build:native\`, or install util-linux)`
  );
}

test('without the addon and flock(1) the error says how to get one of them', () => {
  const [fd = -1] = descriptors(1);
  usePath('/nowhere');

  expect(thrownBy(() => flockOf(noNative()).tryLock(fd))).toMatchObject({
    message: noWay('spawnSync flock ENOENT'),
    cause: { code: 'ENOENT' },
  });
});

test('a flock(1) that may not be run counts as none', () => {
  const [fd = -1] = descriptors(1);
  const folder = tempFolder();
  writeFileSync(join(folder, 'flock'), '', { mode: 0o644 });
  usePath(folder);

  expect(thrownBy(() => flockOf(noNative()).tryLock(fd))).toMatchObject({
    message: noWay('spawnSync flock EACCES'),
  });
});

test('any other failure to start it is told as it is: too many processes, say', () => {
  const [fd = -1] = descriptors(1);
  const folder = tempFolder();
  // Stands for them: a link that leads to itself.
  symlinkSync('flock', join(folder, 'flock'));
  usePath(folder);

  expect(thrownBy(() => flockOf(noNative()).tryLock(fd))).toMatchObject({ code: 'ELOOP' });
});

test.each([
  ['tryLock', '-x -n 3'],
  ['tryShare', '-s -n 3'],
  ['unlock', '-u 3'],
] as const)('a flock(1) that fails is quoted: %s', (call, args) => {
  const [fd = -1] = descriptors(1);
  const folder = tempFolder();
  writeFileSync(join(folder, 'flock'), '#!/bin/sh\necho flock: no locks >&2\nexit 71\n', {
    mode: 0o755,
  });
  usePath(folder);

  const why = `flock ${args}: flock: no locks`;
  expect(thrownBy(() => flockOf(noNative())[call](fd))).toMatchObject({
    message: noWay(why),
    cause: { message: why },
  });
});
