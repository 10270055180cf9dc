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
export type LockFileName = 'lock' | 'next' | 'users' | 'takers' | 'taken';

/** Returns the path of a file of the interface whose BT_CTRL is at `base`. */
export function lockPath(folder: string, base: number, name: LockFileName): string {
  return `${folder}/bt-${hex(base)}.${name}`;
}

type Hold = 'none' | 'shared' | 'exclusive';

export class LockFile {
  readonly #path: string;
  readonly #flock: NativeLocks;
  #fd: number | undefined;
  #hold: Hold = 'none';

  constructor(path: string, flock: NativeLocks) {
    this.#path = path;
    this.#flock = flock;
  }

  /** This process holds the lock for itself. */
  get isLocked(): boolean {
    return this.#hold === 'exclusive';
  }

  /** Locks the file for this process alone; if another has it: false, and a shared lock is lost. */
  tryLock(): boolean {
    return this.#try('exclusive');
  }

  /** Locks the file together with others; false when another process has it for itself. */
  tryShare(): boolean {
    return this.#try('shared');
  }

  /** Gives up the lock, and keeps the file open. */
  unlock(): void {
    if (this.#hold === 'none' || this.#fd === undefined) return;
    this.#hold = 'none';
    this.#flock.unlock(this.#fd);
  }

  /** Gives up the lock and closes the file. Idempotent. */
  close(): void {
    this.#hold = 'none';
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** Returns the content; undefined when the file was never locked, or is closed. */
  read(): string | undefined {
    if (this.#fd === undefined) return undefined;
    const bytes = Buffer.alloc(CONTENT_BYTES_MAX);
    const count = readSync(this.#fd, bytes, 0, bytes.length, 0);
    return bytes.toString('utf8', 0, count);
  }

  /** Replaces the content. */
  write(text: string): void {
    if (this.#fd === undefined) return;
    const bytes = Buffer.from(text);
    writeSync(this.#fd, bytes, 0, bytes.length, 0);
    ftruncateSync(this.#fd, bytes.length);
  }

  /** Returns the pids of the other processes that have the file locked, as far as they are seen. */
  holders(files: Files): readonly number[] {
    if (this.#fd === undefined) return [];
    // `5: FLOCK  ADVISORY  READ 1234 00:19:567 0 EOF`: the pid, and the file by its number.
    const pattern = new RegExp(`FLOCK .* (\\d+) \\w+:\\w+:${fstatSync(this.#fd).ino} `);
    const lines = files.readText('/proc/locks')?.split('\n') ?? [];
    return lines
      .map((line) => Number(pattern.exec(line)?.[1] ?? process.pid))
      .filter((pid) => pid !== process.pid);
  }

  #try(hold: 'shared' | 'exclusive'): boolean {
    const fd = this.#open();
    if (this.#hold !== hold) {
      const isHeld = hold === 'exclusive' ? this.#flock.tryLock(fd) : this.#flock.tryShare(fd);
      this.#hold = isHeld ? hold : 'none';
    }
    // A removed file means nothing: other processes lock a new one of its name. So does the next
    // call.
    if (fstatSync(fd).nlink === 0) this.close();
    return this.#hold === hold;
  }

  #open(): number {
    try {
      this.#fd ??= openSync(this.#path, OPEN_FLAGS, FILE_MODE);
      return this.#fd;
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
