/** A machine's /proc and /sys as a table of paths, for everything that is handed a `Files`. */

import type { Files } from '../src/files.ts';

/** What a path is: a file with this text, or a symbolic link. */
export type FakeFile = string | { readonly linkTo: string };

/** The files of `table` and the folders they lie in; nothing else exists. */
export function fakeFiles(table: Readonly<Record<string, FakeFile>>): Files {
  const paths = Object.keys(table);
  const below = (folder: string) => paths.filter((path) => path.startsWith(`${folder}/`));

  return {
    readText: (path) => {
      const file = table[path];
      return typeof file === 'string' ? file : undefined;
    },
    list: (path) => {
      const names = below(path).map((name) => name.slice(path.length + 1).replace(/\/.*/, ''));
      return [...new Set(names)].sort();
    },
    linkTarget: (path) => {
      const file = table[path];
      return typeof file === 'object' ? file.linkTo : undefined;
    },
    exists: (path) => path in table || below(path).length > 0,
  };
}
