/**
 * Access to the files of /proc, /sys and /run, behind an interface, so that tests can describe a
 * host in a table. Reading never throws: a file that is missing, unreadable or gone since it was
 * listed is simply not known. Writing throws the system's error.
 */

import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  promises,
  readSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';

import { writeWhole } from './whole-file.ts';
import type { Owner } from './whole-file.ts';

/**
 * No file that is read whole has more bytes; the longest is a list of all modules of a kernel. A
 * longer one is not what it is taken for, and counts as unreadable.
 */
const FILE_BYTES_MAX = 16 * 1024 * 1024;

/** Bytes that are read at a time; /proc and /sys give a page or less. */
const CHUNK_BYTES = 65_536;

/** Only the owner may read a file of ours. */
const FILE_MODE = 0o600;

/** Of a folder of the system, such as /etc has. */
const FOLDER_MODE = 0o755;

/** The names in a folder, or why they are not known. */
export type Listing =
  | { readonly kind: 'read'; readonly names: readonly string[] }
  | { readonly kind: 'gone' }
  | { readonly kind: 'denied'; readonly reason: string };

/** The owner of a file and the users that may write to it. */
export interface Ownership {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly uid: number;
  readonly gid: number;
  /** Permission bits, and the sticky bit. */
  readonly mode: number;
}

/** A read-only view of the file system. */
export interface Files {
  /** The text of a file, or undefined when it cannot be read. */
  readText(path: string): string | undefined;

  /** The bytes of a file, or undefined when it cannot be read. */
  readBytes(path: string): Uint8Array | undefined;

  /** The names in a folder, sorted; empty when it cannot be read. */
  list(path: string): readonly string[];

  /** The same, where a folder that cannot be read must not count as an empty one. */
  look(path: string): Listing;

  /** Returns the target of a symbolic link, or undefined when it is none. */
  linkTarget(path: string): string | undefined;

  /** The owner and mode of what is at a path, links not followed; undefined when not known. */
  stat(path: string): Ownership | undefined;

  /** True when the path leads to something; a link to nothing does not. */
  exists(path: string): boolean;
}

/** The file system, to be changed. */
export interface System extends Files {
  /** Writes to a file that is there, as the files of /sys are. The kernel may take its time. */
  write(path: string, text: string): Promise<void>;

  /** The same for exit handlers. */
  writeNow(path: string, text: string): void;

  /**
   * Makes a file with this text or puts it in place of one, whole or not at all, also when the host
   * loses its power. `as` is the mode, or the owner and mode, as far as this process may give them.
   */
  replace(path: string, text: string, as?: number | Owner): void;

  /** Makes a folder that every user may read; harmless when it is there. */
  makeFolder(path: string): void;

  /** `MAJOR:MINOR` of a character device, as /sys has it; undefined when the path is no such. */
  deviceNumber(path: string): string | undefined;

  /** Gives a file another owner, then another mode. */
  setAccess(path: string, access: Owner): void;

  /** Removes a file; harmless when there is none. */
  remove(path: string): void;

  /** Opens a device to read and write, and never to wait; returns the descriptor. */
  open(path: string): number;

  /** Reads into `target` what a device gives, or a file from `position` on; returns how much. */
  readFrom(fd: number, target: Uint8Array, position?: number): number;

  /** Writes all of `source` to a device, or to a file from `position` on. */
  writeTo(fd: number, source: Uint8Array, position?: number): void;

  close(fd: number): void;
}

/** The files of this host. */
export const systemFiles: System = {
  readText: (path) => known(() => readWhole(path).toString('utf8')),
  readBytes: (path) => known(() => readWhole(path)),
  list: (path) => known(() => readdirSync(path).sort()) ?? [],
  look,
  linkTarget: (path) => known(() => readlinkSync(path)),
  stat: (path) => known(() => ownershipOf(path)),
  exists: (path) => existsSync(path),

  // As the shell's `>`: some files of /sys refuse to be opened for reading as well.
  write: (path, text) => promises.writeFile(path, text),
  writeNow: (path, text) => {
    writeFileSync(path, text);
  },
  replace,
  makeFolder: (path) => {
    mkdirSync(path, { recursive: true, mode: FOLDER_MODE });
  },
  deviceNumber: (path) => known(() => deviceNumberOf(path)),
  setAccess: (path, { uid, gid, mode }) => {
    chownSync(path, uid, gid);
    chmodSync(path, mode);
  },
  remove: (path) => {
    rmSync(path, { force: true });
  },
  open: (path) => openSync(path, constants.O_RDWR | constants.O_NONBLOCK),
  readFrom: (fd, target, position) => readSync(fd, target, 0, target.length, position ?? null),
  writeTo: (fd, source, position) => {
    writeSync(fd, source, 0, source.length, position ?? null);
  },
  close: closeSync,
};

function replace(path: string, text: string, as: number | Owner = FILE_MODE): void {
  writeWhole(path, text, typeof as === 'number' ? { mode: as } : { mode: FILE_MODE, owner: as });
}

function ownershipOf(path: string): Ownership {
  const stats = lstatSync(path);
  const { uid, gid, mode } = stats;
  if (stats.isFile()) return { kind: 'file', uid, gid, mode };
  if (stats.isDirectory()) return { kind: 'folder', uid, gid, mode };
  return { kind: stats.isSymbolicLink() ? 'link' : 'other', uid, gid, mode };
}

/** The bits of a device number are those of the C library (makedev(3)). */
function deviceNumberOf(path: string): string | undefined {
  const stats = lstatSync(path, { bigint: true });
  if (!stats.isCharacterDevice()) return undefined;
  const { rdev } = stats;
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xfffff000n);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}

/** Reads a file to its end. Throws for one without end, and waits for no writer of a FIFO. */
function readWhole(path: string): Buffer {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const chunks: Buffer[] = [];
    for (let total = 0; total <= FILE_BYTES_MAX;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const count = readSync(fd, chunk, 0, chunk.length, null);
      if (count === 0) return Buffer.concat(chunks, total);
      chunks.push(chunk.subarray(0, count));
      total += count;
    }
    throw new Error(`${path} has more than ${FILE_BYTES_MAX} bytes`);
  } finally {
    closeSync(fd);
  }
}

function look(path: string): Listing {
  try {
    return { kind: 'read', names: readdirSync(path).sort() };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isGone = code === 'ENOENT' || code === 'ESRCH';
    return isGone ? { kind: 'gone' } : { kind: 'denied', reason: message };
  }
}

function known<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
