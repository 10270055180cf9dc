/**
 * An entry of the cache that several want at once: it is made once, and again after a failure.
 */

import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';

import { lockedCached } from './cache-lock.ts';
import { CACHE_FOLDER } from './kernel.ts';

const NAME = `lock-test-${process.pid}`;

afterEach(async () => {
  await rm(join(CACHE_FOLDER, NAME), { recursive: true, force: true });
  await rm(join(CACHE_FOLDER, `${NAME}.lock`), { force: true });
});

test('an entry that four want at once is made once', async () => {
  let fills = 0;
  const fill = async (draft: string): Promise<void> => {
    fills += 1;
    await turn();
    await writeFile(join(draft, 'content'), 'made');
  };

  const paths = await Promise.all([1, 2, 3, 4].map(() => lockedCached(NAME, fill)));

  expect(fills).toBe(1);
  expect(new Set(paths)).toEqual(new Set([join(CACHE_FOLDER, NAME)]));
  expect(existsSync(join(CACHE_FOLDER, NAME, 'content'))).toBe(true);
});

test('an entry that cannot be made is not there, and the next to want it makes it', async () => {
  const fails = lockedCached(NAME, () => Promise.reject(new Error('no network')));
  await expect(fails).rejects.toThrow('no network');
  expect(existsSync(join(CACHE_FOLDER, NAME))).toBe(false);

  const path = await lockedCached(NAME, (draft) => writeFile(join(draft, 'content'), 'made'));

  expect(existsSync(join(path, 'content'))).toBe(true);
});
