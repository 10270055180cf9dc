/**
 * Which processes have an interface open, and which of them keep it from a kernel driver, from
 * beginning to end: two files in the lock folder that they lock together (a shared flock(2)). Who
 * gets such a file for itself is the last. The kernel frees the locks however a process ends.
 *
 * A kernel driver is bound only by who has both files for itself: then no process of ours uses the
 * ports, and none begins to meanwhile.
 */

import { closeSync, constants, fstatSync, openSync } from 'node:fs';

import { hex } from '../errors.ts';
import type { Files } from '../files.ts';
import { flockOf } from './flock.ts';
import { LOCK_FOLDER, checkFolder } from './lock.ts';
import { loadNative } from '../native.ts';
import type { NativeLocks } from '../native.ts';

const FILE_MODE = 0o600;
const OPEN_FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

/**
 * `first`: no other process keeps the driver away, and none can begin to until {@link
 * Users.settle}. `joined`: others do. `busy`: somebody is about to begin or to end.
 */
export type JoinResult = 'first' | 'joined' | 'busy';

/** What a users is made of; only tests bring their own. */
export interface UsersOptions {
  /** Port of BT_CTRL. */
  readonly base: number;
  readonly folder?: string;
  readonly load?: typeof loadNative;
}

export class Users {
  readonly #users: SharedFile;
  readonly #takers: SharedFile;

  /** Throws `PORT_DENIED` when the folder cannot be had or cannot be trusted. */
  constructor({ base, folder = LOCK_FOLDER, load = loadNative }: UsersOptions) {
    checkFolder(folder);
    const flock = flockOf(load());
    this.#users = new SharedFile(`${folder}/bt-${hex(base)}.users`, flock);
    this.#takers = new SharedFile(`${folder}/bt-${hex(base)}.takers`, flock);
  }

  /** Begins to use the ports; false while a driver is about to be bound. */
  enter(): boolean {
    return this.#users.tryShare();
  }

  /** Begins to keep the driver away. After {@link enter}. */
  join(): JoinResult {
    if (this.#takers.tryLock()) return 'first';
    return this.#takers.tryShare() ? 'joined' : 'busy';
  }

  /** Who was first lets others join; false when one of them is about to begin or to end. */
  settle(): boolean {
    return this.#takers.tryShare();
  }

  /** Stops keeping the driver away; true when nobody else does, and nobody can begin to. */
  leave(): boolean {
    return this.#takers.tryLock();
  }

  /** Whether no other process uses the ports; if so, none begins to until {@link close}. */
  isAlone(): boolean {
    return this.#users.tryLock();
  }

  /** The other processes that have one of the files locked, in words. */
  others(files: Files): string {
    const pids = [this.#users, this.#takers].flatMap((file) => file.holders(files));
    const names = [...new Set(pids)].flatMap((pid) => {
      const command = files.readText(`/proc/${pid}/comm`)?.trimEnd();
      // Who locked it may have left it to a child, or lie in another container.
      return command === undefined ? [] : [`pid ${pid} (${command})`];
    });
    return names.length === 0 ? 'another process' : names.join(', ');
  }

  /** Ends both. Idempotent. */
  close(): void {
    this.#takers.close();
    this.#users.close();
  }
}

/** A file that is opened when it is first locked. */
class SharedFile {
  readonly #path: string;
  readonly #flock: NativeLocks;
  #fd: number | undefined;

  constructor(path: string, flock: NativeLocks) {
    this.#path = path;
    this.#flock = flock;
  }

  tryLock(): boolean {
    return this.#check(this.#flock.tryLock(this.#open()));
  }

  tryShare(): boolean {
    return this.#check(this.#flock.tryShare(this.#open()));
  }

  /** `5: FLOCK  ADVISORY  READ 1234 00:19:567 0 EOF`: the pid, and the file by its number. */
  holders(files: Files): readonly number[] {
    if (this.#fd === undefined) return [];
    const pattern = new RegExp(`FLOCK .* (\\d+) \\w+:\\w+:${fstatSync(this.#fd).ino} `);
    const lines = files.readText('/proc/locks')?.split('\n') ?? [];
    return lines
      .map((line) => Number(pattern.exec(line)?.[1] ?? process.pid))
      .filter((pid) => pid !== process.pid);
  }

  close(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** Somebody removed the file, and others lock another one of its name: so do we, next time. */
  #check(locked: boolean): boolean {
    if (this.#fd !== undefined && fstatSync(this.#fd).nlink > 0) return locked;
    this.close();
    return false;
  }

  #open(): number {
    this.#fd ??= openSync(this.#path, OPEN_FLAGS, FILE_MODE);
    return this.#fd;
  }
}
