/**
 * What the driver reads of /proc, /sys and /etc, behind an interface, so that tests can describe a
 * machine in a table. Reading never throws: a file that is missing, unreadable or gone since it was
 * listed is simply not known.
 */

import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';

/** A read-only view of the file system. */
export interface Files {
  /** The text of a file, or undefined when it cannot be read. */
  readText(path: string): string | undefined;

  /** The bytes of a file, or undefined when it cannot be read. */
  readBytes(path: string): Uint8Array | undefined;

  /** The names in a folder, sorted; empty when it cannot be read. */
  list(path: string): readonly string[];

  /** What a symbolic link says, or undefined when it is none. */
  linkTarget(path: string): string | undefined;

  /** Whether the path leads to something; a link to nothing does not. */
  exists(path: string): boolean;
}

/** The file system, to be changed. */
export interface System extends Files {
  /** Writes to a file that is there, as those of /sys are; throws what the system says. */
  writeNow(path: string, text: string): void;
}

/** The files of this machine. */
export const systemFiles: System = {
  readText: (path) => known(() => readFileSync(path, 'utf8')),
  readBytes: (path) => known(() => readFileSync(path)),
  list: (path) => known(() => readdirSync(path).sort()) ?? [],
  linkTarget: (path) => known(() => readlinkSync(path)),
  exists: (path) => existsSync(path),
  writeNow: (path, text) => {
    writeFileSync(path, text);
  },
};

function known<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
