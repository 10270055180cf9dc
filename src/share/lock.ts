/**
 * Who may use an interface: processes that share one take turns, each holding its lock while it
 * has something on the wire. Two files in a folder of root's: one is locked by who has the
 * interface and tells who that is, the other by who is next. Both are flock(2)s, which the kernel
 * frees however a process ends; what is left in the files then harms nobody.
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
import { flockOf } from './flock.ts';
import { loadNative } from '../native.ts';
import type { NativeLocks } from '../native.ts';

/** On a file system that is empty after a boot; nobody but root may make files there. */
export const LOCK_FOLDER = '/run/ipmi-bt';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const OTHERS_WRITE = 0o022;
const OPEN_FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

/** More than a lock file holds; a longer one is not ours. */
const CONTENT_BYTES_MAX = 4096;
const COMMAND_LENGTH_MAX = 1024;

/** The process that has the lock, by its own word. */
export interface Holder {
  readonly pid: number;
  /** Its program and script; without arguments, among which a password could be. */
  readonly command: string;
}

/** What a lock file holds. */
interface Content extends Holder {
  readonly losses: number;
}

/** A lock that processes take turns with. */
export interface Lock {
  /** Whether anybody else could want it; if not, it need never be let go. */
  readonly isShared: boolean;

  /**
   * Takes the lock if it is free; harmless while held. Who does not get it waits in line until
   * {@link release}, and who is not first in line does not get it, unless it comes `outOfTurn`.
   */
  tryAcquire(outOfTurn: boolean): boolean;

  /** Whether we are the first in line. */
  readonly isNext: boolean;

  /** Whether another process is in line. While held only. */
  isWanted(): boolean;

  /** Lets go of the lock, and of the place in line. Synchronous, for exit handlers. */
  release(): void;

  /** Releases, for good. Idempotent. */
  close(): void;

  /** How often the BMC was lost, by the word of all who held the lock before us. */
  readonly losses: number;

  /** Tells those after us that the BMC was lost. While held only. */
  countLoss(): void;

  /** Who holds it, or who did last; `undefined` when that is not known. */
  holder(): Holder | undefined;
}

/** For ports that no other process can reach, such as the simulated BMC's. */
export const NO_LOCK: Lock = {
  isShared: false,
  isNext: false,
  tryAcquire: () => true,
  isWanted: () => false,
  release: ignore,
  close: ignore,
  losses: 0,
  countLoss: ignore,
  holder: () => undefined,
};

function ignore(): void {
  // Nobody to tell.
}

/** What an interface lock is made of; only tests bring their own. */
export interface LockOptions {
  /** Port of BT_CTRL. */
  readonly base: number;
  readonly folder?: string;
  readonly load?: typeof loadNative;
}

export class InterfaceLock implements Lock {
  readonly isShared = true;
  readonly #holding: LockFile;
  readonly #next: LockFile;
  #losses = 0;

  /** Throws `PORT_DENIED` when the folder cannot be had or cannot be trusted. */
  constructor({ base, folder = LOCK_FOLDER, load = loadNative }: LockOptions) {
    checkFolder(folder);
    const flock = flockOf(load());
    const path = `${folder}/bt-${hex(base)}`;
    this.#holding = new LockFile(`${path}.lock`, flock);
    this.#next = new LockFile(`${path}.next`, flock);
  }

  tryAcquire(outOfTurn: boolean): boolean {
    if (this.#holding.isLocked) return true;
    if (!this.#next.tryLock() && !outOfTurn) return false;
    if (!this.#holding.tryLock()) return false;
    this.#next.unlock();

    const content = this.#holding.read();
    this.#losses = content?.losses ?? 0;
    const { pid, command } = self();
    if (content?.pid !== pid || content.command !== command) this.#sign();
    return true;
  }

  get losses(): number {
    return this.#losses;
  }

  countLoss(): void {
    this.#losses += 1;
    this.#sign();
  }

  get isNext(): boolean {
    return this.#next.isLocked;
  }

  isWanted(): boolean {
    if (!this.#next.tryLock()) return true;
    this.#next.unlock();
    return false;
  }

  release(): void {
    this.#next.unlock();
    this.#holding.unlock();
  }

  close(): void {
    this.#next.close();
    this.#holding.close();
  }

  holder(): Holder | undefined {
    const content = this.#holding.read();
    return content && { pid: content.pid, command: content.command };
  }

  #sign(): void {
    this.#holding.write({ ...self(), losses: this.#losses });
  }
}

function self(): Holder {
  const [program, script] = [process.argv0, process.argv[1]];
  const command = script === undefined ? program : `${program} ${script}`;
  return { pid: process.pid, command: command.slice(0, COMMAND_LENGTH_MAX) };
}

/** A file that is opened when it is first locked, and its flock. */
class LockFile {
  readonly #path: string;
  readonly #flock: NativeLocks;
  #fd: number | undefined;
  #locked = false;

  constructor(path: string, flock: NativeLocks) {
    this.#path = path;
    this.#flock = flock;
  }

  get isLocked(): boolean {
    return this.#locked;
  }

  tryLock(): boolean {
    if (this.#locked) return true;
    const fd = this.#open();
    if (!this.#flock.tryLock(fd)) return false;
    this.#locked = fstatSync(fd).nlink > 0;
    // Somebody removed the file, and others lock another one of its name: so do we, next time.
    if (!this.#locked) this.close();
    return this.#locked;
  }

  unlock(): void {
    if (!this.#locked || this.#fd === undefined) return;
    this.#locked = false;
    this.#flock.unlock(this.#fd);
  }

  close(): void {
    this.#locked = false;
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** Undefined when nobody has written yet, or died while writing. */
  read(): Content | undefined {
    if (this.#fd === undefined) return undefined;
    const bytes = Buffer.alloc(CONTENT_BYTES_MAX);
    const count = readSync(this.#fd, bytes, 0, bytes.length, 0);
    return parse(bytes.toString('utf8', 0, count));
  }

  write(content: Content): void {
    if (this.#fd === undefined) return;
    const bytes = Buffer.from(`${JSON.stringify(content)}\n`);
    writeSync(this.#fd, bytes, 0, bytes.length, 0);
    ftruncateSync(this.#fd, bytes.length);
  }

  #open(): number {
    try {
      this.#fd ??= openSync(this.#path, OPEN_FLAGS, FILE_MODE);
      return this.#fd;
    } catch (cause) {
      throw untrusted(this.#path, String(cause), cause);
    }
  }
}

function parse(text: string): Content | undefined {
  try {
    const { pid, command, losses } = JSON.parse(text) as Partial<Record<string, unknown>>;
    if (typeof pid !== 'number' || typeof command !== 'string') return undefined;
    return { pid, command, losses: typeof losses === 'number' ? losses : 0 };
  } catch {
    return undefined;
  }
}

/** Makes the folder, or checks that nobody but us can have put there what is in it. */
export function checkFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: FOLDER_MODE });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw untrusted(folder, String(cause), cause);
    }
  }
  const { uid, mode, ...stats } = statOf(folder);
  if (!stats.isFolder) throw untrusted(folder, 'it is no folder but a link or a file');
  if (uid !== process.geteuid?.()) throw untrusted(folder, `it belongs to user ${uid}`);
  if ((mode & OTHERS_WRITE) !== 0) throw untrusted(folder, 'others may write there');
}

function statOf(path: string): { uid: number; mode: number; isFolder: boolean } {
  const stats = lstatSync(path);
  return { uid: stats.uid, mode: stats.mode, isFolder: stats.isDirectory() };
}

function untrusted(path: string, why: string, cause?: unknown): IpmiError {
  const remedy = 'run as root; remove what stands there if it is not ours';
  const text = `the interface cannot be locked with ${path}: ${why} (${remedy})`;
  return new IpmiError('PORT_DENIED', text, { cause });
}
