/**
 * A file in the lock folder that processes lock: opened when it is first locked, locked by flock(2)
 * for one process or for several together, and read and written by its holders. The kernel frees
 * the lock however a process ends; what is left in the file then harms no other process.
 */

import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';

import { IpmiError, hex } from '../errors.ts';
import type { Files } from '../files.ts';
import type { NativeLocks } from '../native.ts';

/** Where the files are: on a file system that is empty after a boot. Only root may write there. */
export const LOCK_FOLDER = '/run/ipmi-bt';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const OTHERS_WRITE = 0o022;

/** A link would have the file written that it leads to. */
const OPEN_FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

/** More than a lock file holds; a longer one is not ours. */
const CONTENT_BYTES_MAX = 4096;

/** The files of one interface, by their extension. */
export type LockFileName = 'lock' | 'next' | 'seq' | 'users' | 'takers' | 'taken';

/** Returns the path of a file of the interface whose BT_CTRL is at `base`. */
export function lockPath(folder: string, base: number, name: LockFileName): string {
  return `${folder}/bt-${hex(base)}.${name}`;
}

/** The kind of a lock: of this process alone, or together with others. */
type Way = 'tryLock' | 'tryShare';

/** An open file, and the lock on it, if this process has one. */
interface OpenFile {
  readonly fd: number;
  hold: Way | undefined;
}

export class LockFile {
  readonly #path: string;
  readonly #flock: NativeLocks;
  #file: OpenFile | undefined;

  constructor(path: string, flock: NativeLocks) {
    this.#path = path;
    this.#flock = flock;
  }

  /** This process holds the lock for itself. */
  get isLocked(): boolean {
    return this.#file?.hold === 'tryLock';
  }

  /** Locks the file for this process alone; if another has it: false, and a shared lock is lost. */
  tryLock(): boolean {
    return this.#try('tryLock');
  }

  /** Locks the file together with others; false when another process has it for itself. */
  tryShare(): boolean {
    return this.#try('tryShare');
  }

  /** Gives up the lock, and keeps the file open. */
  unlock(): void {
    if (this.#file?.hold === undefined) return;
    this.#file.hold = undefined;
    this.#flock.unlock(this.#file.fd);
  }

  /** Gives up the lock and closes the file. Idempotent. */
  close(): void {
    if (this.#file === undefined) return;
    closeSync(this.#file.fd);
    this.#file = undefined;
  }

  /** Returns the content; none when the file was never locked, or is closed. */
  read(): string {
    if (this.#file === undefined) return '';
    const bytes = Buffer.alloc(CONTENT_BYTES_MAX);
    const count = readSync(this.#file.fd, bytes, 0, bytes.length, 0);
    return bytes.toString('utf8', 0, count);
  }

  /** Replaces the content. */
  write(text: string): void {
    if (this.#file === undefined) return;
    const bytes = Buffer.from(text);
    writeSync(this.#file.fd, bytes, 0, bytes.length, 0);
    ftruncateSync(this.#file.fd, bytes.length);
  }

  /** Returns the pids of the other processes that have the file locked, as far as they are seen. */
  holders(files: Files): readonly number[] {
    const locks = files.readText('/proc/locks');
    if (this.#file === undefined || locks === undefined) return [];
    // `5: FLOCK  ADVISORY  READ 1234 00:19:567 0 EOF`: the pid, and the file by its number.
    const { ino } = fstatSync(this.#file.fd);
    const lines = locks.matchAll(new RegExp(`FLOCK .* (\\d+) \\w+:\\w+:${ino} `, 'g'));
    return [...lines].map(([, pid]) => Number(pid)).filter((pid) => pid !== process.pid);
  }

  #try(way: Way): boolean {
    const file = this.#open();
    if (file.hold !== way) file.hold = this.#flock[way](file.fd) ? way : undefined;
    // A removed file means nothing: other processes lock a new one of its name. So does the next
    // call.
    if (fstatSync(file.fd).nlink === 0) this.close();
    return this.#file?.hold === way;
  }

  #open(): OpenFile {
    try {
      this.#file ??= { fd: openSync(this.#path, OPEN_FLAGS, FILE_MODE), hold: undefined };
      return this.#file;
    } catch (cause) {
      throw cannotLock(this.#path, String(cause), cause);
    }
  }
}

/** Makes the folder; throws `PORT_DENIED` when other users can have put files there. */
export function checkFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: FOLDER_MODE });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw cannotLock(folder, String(cause), cause);
    }
  }
  const stats = lstatSync(folder);
  if (!stats.isDirectory()) throw cannotLock(folder, 'it is no folder but a link or a file');
  if (stats.uid !== process.geteuid?.()) {
    throw cannotLock(folder, `it belongs to user ${stats.uid}`);
  }
  if ((stats.mode & OTHERS_WRITE) !== 0) throw cannotLock(folder, 'others may write there');
}

function cannotLock(path: string, reason: string, cause?: unknown): IpmiError {
  const remedy = 'run as root; remove the path if ipmi-bt did not make it';
  const text = `the interface cannot be locked with ${path}: ${reason} (${remedy})`;
  return new IpmiError('PORT_DENIED', text, { cause });
}
