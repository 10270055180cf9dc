/** A machine's /proc and /sys as a table of paths, for everything that is handed a `Files`. */

import type { Files } from '../src/files.ts';

/** A file that is there and may not be read. */
export const DENIED = { denied: 'Permission denied' } as const;

/** What a path is: a file of this text or these bytes, a symbolic link, or what nobody may read. */
export type FakeFile = string | Uint8Array | { readonly linkTo: string } | typeof DENIED;

/** The files of `table` and the folders they lie in; nothing else exists. */
export function fakeFiles(table: Readonly<Record<string, FakeFile>>): Files {
  const paths = Object.keys(table);
  const below = (folder: string) => paths.filter((path) => path.startsWith(`${folder}/`));

  return {
    readText: (path) => {
      const file = table[path];
      return typeof file === 'string' ? file : undefined;
    },
    readBytes: (path) => {
      const file = table[path];
      if (typeof file === 'string') return Buffer.from(file);
      return file instanceof Uint8Array ? file : undefined;
    },
    list: (path) => {
      const names = below(path).map((name) => name.slice(path.length + 1).replace(/\/.*/, ''));
      return [...new Set(names)].sort();
    },
    linkTarget: (path) => {
      const file = table[path];
      return typeof file === 'object' && 'linkTo' in file ? file.linkTo : undefined;
    },
    exists: (path) => path in table || below(path).length > 0,
  };
}
