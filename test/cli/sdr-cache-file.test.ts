/** The cache of sensor data records in files. */

import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { sdrCacheIn } from '../../src/cli/sdr-cache-file.ts';
import { tempFolder } from '../support/temp-folder.ts';

const KEY = 'sdr-00112233-4455-6677-8899-aabbccddeeff';
const FILE = `${KEY}.json`;

test('a text is kept in a file that every user may read, and no draft is left', async () => {
  const folder = join(tempFolder(), 'cache');
  const cache = sdrCacheIn(folder);
  expect(await cache.get(KEY)).toBeUndefined();

  await cache.set(KEY, 'one');
  await cache.set(KEY, 'two');

  expect(await cache.get(KEY)).toBe('two');
  expect(readdirSync(folder)).toEqual([FILE]);
  expect(statSync(join(folder, FILE)).mode & 0o777).toBe(0o644);
  expect(statSync(folder).mode & 0o777).toBe(0o755);
});

describe('there is no cache, and no error,', () => {
  test('where the folder cannot be made', async () => {
    const cache = sdrCacheIn(join(tempFolder(), 'missing', 'cache'));

    await cache.set(KEY, 'text');

    expect(await cache.get(KEY)).toBeUndefined();
  });

  test('where the folder is a file', async () => {
    const path = join(tempFolder(), 'cache');
    writeFileSync(path, '');
    const cache = sdrCacheIn(path);

    await cache.set(KEY, 'text');

    expect(await cache.get(KEY)).toBeUndefined();
    expect(readFileSync(path, 'utf8')).toBe('');
  });

  test('where other users may write into the folder', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, FILE), 'theirs');
    chmodSync(folder, 0o777);
    const cache = sdrCacheIn(folder);

    await cache.set(KEY, 'mine');

    expect(await cache.get(KEY)).toBeUndefined();
    expect(readFileSync(join(folder, FILE), 'utf8')).toBe('theirs');
  });

  test('where other users may write into the file, or it is a link', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, FILE), 'theirs');
    chmodSync(join(folder, FILE), 0o666);
    writeFileSync(join(folder, 'other'), 'elsewhere');
    symlinkSync(join(folder, 'other'), join(folder, 'sdr-b.json'));
    const cache = sdrCacheIn(folder);

    expect([await cache.get(KEY), await cache.get('sdr-b')]).toEqual([undefined, undefined]);
  });

  test('where the file cannot be replaced', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, FILE));
    const cache = sdrCacheIn(folder);

    await cache.set(KEY, 'text');

    expect(await cache.get(KEY)).toBeUndefined();
    expect(readdirSync(folder)).toEqual([FILE]);
  });

  test('for a key that leads out of the folder', async () => {
    const folder = join(tempFolder(), 'cache');
    const cache = sdrCacheIn(folder);

    await cache.set('../out', 'text');

    expect(await cache.get('../out')).toBeUndefined();
    expect(readdirSync(join(folder, '..'))).toEqual([]);
  });
});
