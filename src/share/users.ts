/**
 * The processes that have an interface open, and those among them that keep it from a kernel
 * driver, from beginning to end: two files in the lock folder, each locked by its processes
 * together. A process that can lock such a file for itself is the last.
 *
 * A kernel driver is bound only by a process that has both files for itself: then no process of
 * ours uses the ports, and none begins to meanwhile.
 */

import type { Files } from '../files.ts';
import { loadNative } from '../native.ts';
import { shownName } from '../shown.ts';
import { flockOf } from './flock.ts';
import { LOCK_FOLDER, LockFile, checkFolder, lockPath, lockersOf } from './lock-file.ts';

/**
 * `first`: no other process keeps the driver away, and none can begin to until {@link
 * Users.settle}. `joined`: others do. `busy`: another process is about to begin or to end.
 */
export type JoinResult = 'first' | 'joined' | 'busy';

/** The parts of it; only tests bring their own. */
export interface UsersOptions {
  /** Port of BT_CTRL. */
  readonly base: number;
  readonly folder?: string;
  readonly load?: typeof loadNative;
}

/** True when a process, as far as it is seen, keeps the driver away from the interface. */
export function hasTakers(base: number, files: Files, folder = LOCK_FOLDER): boolean {
  return lockersOf(lockPath(folder, base, 'takers'), files).length > 0;
}

export class Users {
  readonly #users: LockFile;
  readonly #takers: LockFile;
  #isClosed = false;

  /** Throws `PORT_DENIED` when the folder cannot be made or cannot be trusted. */
  constructor({ base, folder = LOCK_FOLDER, load = loadNative }: UsersOptions) {
    checkFolder(folder);
    const flock = flockOf(load());
    this.#users = new LockFile(lockPath(folder, base, 'users'), flock);
    this.#takers = new LockFile(lockPath(folder, base, 'takers'), flock);
  }

  /** Begins to use the ports; false while a driver is about to be bound, and once closed. */
  enter(): boolean {
    return !this.#isClosed && this.#users.tryShare();
  }

  /** Begins to keep the driver away. After {@link enter}. */
  join(): JoinResult {
    if (this.#isClosed) return 'busy';
    if (this.#takers.tryLock()) return 'first';
    return this.#takers.tryShare() ? 'joined' : 'busy';
  }

  /** The first lets others join; false when one of them is about to begin or to end. */
  settle(): boolean {
    return this.#takers.tryShare();
  }

  /** Stops keeping the driver away; true when no other process does, and none can begin to. */
  leave(): boolean {
    return this.#takers.tryLock();
  }

  /** True when no other process uses the ports; then none begins to until {@link close}. */
  isAlone(): boolean {
    return this.#users.tryLock();
  }

  /** Names the other processes that have one of the files locked. */
  others(files: Files): string {
    const pids = [this.#users, this.#takers].flatMap((file) => file.holders(files));
    const names = [...new Set(pids)].flatMap((pid) => {
      const command = files.readText(`/proc/${pid}/comm`)?.trimEnd();
      // The process may run in another container, or have ended meanwhile.
      return command === undefined ? [] : [`pid ${pid} (${shownName(command)})`];
    });
    return names.length === 0 ? 'another process' : names.join(', ');
  }

  /** Ends both, for good. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#takers.close();
    this.#users.close();
  }
}
