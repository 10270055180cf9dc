/**
 * The cache of sensor data records in files, one for each BMC. A folder that is missing and cannot
 * be made, is read-only or another user's, and a file that is not trusted, only mean that there is
 * no cache: the records are read from the BMC. A warning is given for a folder that was named.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { SdrCache } from '../commands/index.ts';
import { systemFiles } from '../files.ts';
import type { Ownership } from '../files.ts';
import { shownName } from '../shown.ts';
import type { Globals } from './globals.ts';
import { tellUser } from './output.ts';

/** Where it is by default. */
const CACHE_FOLDER = '/var/cache/ipmi-bt';

/** Every user may read a file: it says what a server consists of, as any of its tools does. */
const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

const ROOT_UID = 0;
const OTHERS_WRITE = 0o022;

/** A key is the name of a file, and of no folder. */
const KEY = /^[a-z0-9-]+$/;

/** The option of commands that read the SDR repository. */
export const CACHE_OPTION = {
  cache: {
    value: 'folder',
    help: `where records are kept between runs; ${CACHE_FOLDER} by default, or off`,
  },
} as const;

/**
 * The cache that the options ask for; the records of a simulated BMC are not kept by default, and
 * those of a controller behind the BMC never: some say the GUID of the system, too.
 */
export function cacheOf(
  folder: string | undefined,
  { sim, bridge }: Pick<Globals, 'sim' | 'bridge'>,
): SdrCache | undefined {
  if (bridge !== undefined || folder === 'off' || (sim && folder === undefined)) return undefined;
  if (folder !== undefined && !hasFolder(folder)) {
    const why = 'it is no folder that only this user, or root, can change';
    tellUser(`warning: --cache ${shownName(folder)} is not used: ${why}`);
  }
  return sdrCacheIn(folder ?? CACHE_FOLDER);
}

/** Makes the cache of a folder; its parent must be there. */
export function sdrCacheIn(folder: string): SdrCache {
  const pathOf = (key: string): string | undefined =>
    KEY.test(key) ? join(folder, `${key}.json`) : undefined;
  return {
    get: (key) => {
      const path = pathOf(key);
      if (path === undefined || !isOurs(folder, 'folder') || !isOurs(path, 'file'))
        return undefined;
      return systemFiles.readText(path);
    },
    set: (key, text) => {
      const path = pathOf(key);
      if (path === undefined || !hasFolder(folder)) return;
      try {
        systemFiles.replace(path, text, FILE_MODE);
      } catch {
        // A disk that is full, or read-only, is no reason to end a command that has its answer.
      }
    },
  };
}

/** True if only this user, or root, can have put it there. */
function isOurs(path: string, kind: Ownership['kind']): boolean {
  const owner = systemFiles.stat(path);
  if (owner?.kind !== kind) return false;
  const isTrusted = owner.uid === ROOT_UID || owner.uid === process.geteuid?.();
  return isTrusted && (owner.mode & OTHERS_WRITE) === 0;
}

function hasFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: FOLDER_MODE });
  } catch {
    // It is there already, or cannot be made.
  }
  return isOurs(folder, 'folder');
}
