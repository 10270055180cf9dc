/**
 * A lock that two drivers of one test share, in place of two processes and a file. It throws when
 * it is used wrongly, and counts its calls for the tests.
 */

import type { Holder } from '../../src/share/holder.ts';
import type { Lock } from '../../src/share/lock.ts';
import { SequenceNumbers, memoryStore } from '../../src/share/sequence-numbers.ts';

export class SharedLock {
  /** The holder and the next in line; the names are those of {@link SharedLock.as}. */
  holder: string | undefined;
  next: string | undefined;
  /** Every change of hands, in order. */
  readonly holders: string[] = [];
  /** Losses of the BMC. */
  losses = 0;
  /** The sequence numbers that the processes share. */
  readonly store = memoryStore();
  /** As if its file was removed. */
  isRemoved = false;
  /** Attempts that did not get it. */
  refusals = 0;

  /** The lock as the process called `name` sees it. */
  as(name: string): Lock {
    return new Side(this, name);
  }
}

class Side implements Lock {
  readonly isShared = true;
  readonly numbers: SequenceNumbers;
  readonly #lock: SharedLock;
  readonly #name: string;

  constructor(lock: SharedLock, name: string) {
    this.#lock = lock;
    this.numbers = new SequenceNumbers(0, lock.store);
    this.#name = name;
  }

  tryAcquire(outOfTurn: boolean): boolean {
    const lock = this.#lock;
    if (lock.holder === this.#name) return true;
    lock.next ??= this.#name;
    if (lock.holder === undefined && (lock.next === this.#name || outOfTurn)) {
      if (lock.next === this.#name) lock.next = undefined;
      lock.holder = this.#name;
      lock.holders.push(this.#name);
      this.numbers.renew();
      return true;
    }
    lock.refusals += 1;
    return false;
  }

  get isNext(): boolean {
    return this.#lock.next === this.#name;
  }

  isWanted(): boolean {
    if (this.#lock.holder !== this.#name) throw new Error('bug: asked without the lock');
    return this.#lock.next !== undefined;
  }

  isValid(): boolean {
    return !this.#lock.isRemoved;
  }

  release(): void {
    if (this.#lock.holder === this.#name) {
      this.numbers.rest();
      this.#lock.holder = undefined;
    }
    if (this.#lock.next === this.#name) this.#lock.next = undefined;
  }

  close(): void {
    this.release();
  }

  get losses(): number {
    return this.#lock.losses;
  }

  countLoss(): void {
    if (this.#lock.holder !== this.#name) throw new Error('bug: counted without the lock');
    this.#lock.losses += 1;
  }

  holder(): Holder | undefined {
    const { holder } = this.#lock;
    return holder === undefined ? undefined : { pid: holder.charCodeAt(0), command: holder };
  }
}
