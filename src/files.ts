/**
 * What the driver reads of /proc and /sys, behind an interface, so that tests can describe a
 * machine in a table. Nothing here throws: a file that is missing, unreadable or gone since it was
 * listed is simply not known.
 */

import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A read-only view of the file system. */
export interface Files {
  /** The text of a file, or undefined when it cannot be read. */
  readText(path: string): string | undefined;

  /** The names in a folder, sorted; empty when it cannot be read. */
  list(path: string): readonly string[];

  /** What a symbolic link says, or undefined when it is none. */
  linkTarget(path: string): string | undefined;

  /** Whether the path leads to something; a link to nothing does not. */
  exists(path: string): boolean;
}

/** The files of this machine. */
export const systemFiles: Files = {
  readText: (path) => known(() => readFileSync(path, 'utf8')),
  list: (path) => known(() => readdirSync(path).sort()) ?? [],
  linkTarget: (path) => known(() => readlinkSync(path)),
  exists: (path) => existsSync(path),
};

function known<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
