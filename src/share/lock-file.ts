/**
 * A file in the lock folder that processes lock: opened when it is first locked, locked by flock(2)
 * for one process or for several together, and read and written by its holders. The kernel frees
 * the lock however a process ends; what is left in the file then harms no other process.
 */

import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { basename, dirname } from 'node:path';

import { IpmiError, hex } from '../errors.ts';
import { fileTrouble } from '../file-trouble.ts';
import type { Files } from '../files.ts';
import type { NativeLocks } from '../native.ts';
import { pidInProc } from './holder.ts';

/** Where the files are: on a file system that is empty after a boot. Only root may write there. */
export const LOCK_FOLDER = '/run/ipmi-bt';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** The files in a folder that an administrator has opened to a group. */
const GROUP_FILE_MODE = 0o660;
const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;

/** A link would have the file written that it leads to, and a FIFO would be waited for. */
const OPEN_FLAGS =
  constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** More than a lock file holds; a longer one is not ours. */
const CONTENT_BYTES_MAX = 4096;

/** The files of one interface, by their extension. */
export type LockFileName =
  | 'lock'
  | 'next'
  | 'seq'
  | 'users'
  | 'takers'
  | 'taken'
  | 'enable0'
  | 'enable1'
  | 'enable2'
  | 'intmask';

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

  /** The file still has its name: once it is removed, other processes lock a new one. */
  get hasName(): boolean {
    return this.#file !== undefined && fstatSync(this.#file.fd).nlink > 0;
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

  /**
   * Returns the content; none when the file was never locked, is closed, or cannot be read: what
   * it tells is not worth a failure.
   */
  read(): string {
    if (this.#file === undefined) return '';
    const bytes = Buffer.alloc(CONTENT_BYTES_MAX);
    try {
      const count = readSync(this.#file.fd, bytes, 0, bytes.length, 0);
      return bytes.toString('utf8', 0, count);
    } catch {
      return '';
    }
  }

  /** Replaces the content. What cannot be written, on a full file system say, is left out. */
  write(text: string): void {
    if (this.#file === undefined) return;
    const bytes = Buffer.from(text);
    const { fd } = this.#file;
    try {
      // What is cut off at the end of the file system is no longer what another process wrote.
      ftruncateSync(fd, writeSync(fd, bytes, 0, bytes.length, 0));
    } catch {
      // The lock is held all the same.
    }
  }

  /** Returns the pids of the other processes that have the file locked, as far as they are seen. */
  holders(files: Files): readonly number[] {
    if (this.#file === undefined) return [];
    const own = pidInProc(files);
    const { ino } = fstatSync(this.#file.fd);
    return lockersOf(this.#path, files, ino).filter((pid) => pid !== own);
  }

  #try(way: Way): boolean {
    try {
      const file = this.#open();
      if (file.hold !== way) file.hold = this.#flock[way](file.fd) ? way : undefined;
      // A removed file means nothing: other processes lock a new one of its name. So does the next
      // call.
      if (fstatSync(file.fd).nlink === 0) this.close();
    } catch (cause) {
      throw fileTrouble(`the interface cannot be locked with ${this.#path}`, cause);
    }
    return this.#file?.hold === way;
  }

  #open(): OpenFile {
    this.#file ??= { fd: openFile(this.#path), hold: undefined };
    return this.#file;
  }
}

/**
 * Opens a file of the lock folder, or makes it, and the folder too if it was removed; throws unless
 * it is a file of that name alone.
 */
export function openFile(path: string): number {
  const fd = openInFolder(path);
  try {
    const stats = fstatSync(fd);
    // A second name would make it a file that is not ours, and is written to.
    if (!stats.isFile()) throw refused(path, 'it is no plain file');
    if (stats.nlink > 1) throw refused(path, 'it has another name');
    share(fd, stats, path);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function openInFolder(path: string): number {
  try {
    return openSync(path, OPEN_FLAGS, FILE_MODE);
  } catch {
    checkFolder(dirname(path));
    return openSync(path, OPEN_FLAGS, FILE_MODE);
  }
}

/** Opens a file of ours to the group that the folder is open to. */
function share(fd: number, { uid, gid, mode }: Stats, path: string): void {
  const folder = statSync(dirname(path));
  const isShared = (folder.mode & GROUP_WRITES) !== 0;
  if (!isShared || uid !== process.geteuid?.()) return;
  if (gid !== folder.gid) fchownSync(fd, -1, folder.gid);
  if ((mode & GROUP_FILE_MODE) !== GROUP_FILE_MODE) fchmodSync(fd, GROUP_FILE_MODE);
}

/** The pids of the processes that have a file locked, as far as they are seen. */
export function lockersOf(path: string, files: Files, ino = numberOf(path)): readonly number[] {
  const locks = files.readText('/proc/locks');
  if (locks === undefined) return [];
  // `5: FLOCK  ADVISORY  READ 1234 00:19:567 0 EOF`: the pid, and the file by its number.
  const lines = locks.matchAll(new RegExp(`FLOCK .* (\\d+) \\w+:\\w+:${ino} `, 'g'));
  return [...lines].map(([, pid]) => Number(pid)).filter((pid) => isOpenIn(pid, path, files));
}

/**
 * /proc/locks tells neither the file system of a file nor whether its process has ended since, so
 * that only a process counts that has a file of this name open.
 */
function isOpenIn(pid: number, path: string, files: Files): boolean {
  const folder = `/proc/${pid}/fd`;
  const links = files.list(folder).map((fd) => files.linkTarget(`${folder}/${fd}`));
  return links.some((link) => link !== undefined && basename(link) === basename(path));
}

function numberOf(path: string): number | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}

/**
 * Makes the folder; throws `PORT_DENIED` when any user can have put files there: it must belong to
 * root or to this user, and only they and its group may write there.
 */
export function checkFolder(folder: string, mode = FOLDER_MODE): void {
  const stats = makeFolder(folder, mode);
  if (!stats.isDirectory()) throw refused(folder, 'it is no folder but a link or a file');
  if (stats.uid !== 0 && stats.uid !== process.geteuid?.()) {
    throw refused(folder, `it belongs to user ${stats.uid}`);
  }
  if ((stats.mode & OTHERS_WRITE) !== 0) throw refused(folder, 'others may write there');
}

function makeFolder(folder: string, mode: number): Stats {
  try {
    try {
      mkdirSync(folder, { mode });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
    return lstatSync(folder);
  } catch (cause) {
    throw fileTrouble(`the interface cannot be locked with ${folder}`, cause);
  }
}

function refused(path: string, reason: string): IpmiError {
  const remedy = 'remove the path if ipmi-bt did not make it; it is made again';
  const text = `the interface cannot be locked with ${path}: ${reason} (${remedy})`;
  return new IpmiError('PORT_DENIED', text);
}
