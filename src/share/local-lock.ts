/**
 * A lock for several devices of this process that share one `PortIo`, as processes share the ports
 * of a host. They take turns in the order in which they asked.
 */

import type { Holder } from './holder.ts';
import type { Lock } from './lock.ts';
import { SequenceNumbers, memoryStore } from './sequence-numbers.ts';

/** Makes the locks of devices that share one `PortIo`. */
export class LocalLocks {
  readonly #store = memoryStore();
  readonly #line: LocalLock[] = [];
  #holder: LocalLock | undefined;
  #losses = 0;

  /** The lock of one more device. */
  newLock(): Lock {
    return new LocalLock(this.#store, {
      tryAcquire: (lock, outOfTurn) => this.#tryAcquire(lock, outOfTurn),
      release: (lock) => {
        this.#release(lock);
      },
      isNext: (lock) => this.#line[0] === lock,
      isWanted: () => this.#line.length > 0,
      losses: () => this.#losses,
      countLoss: () => {
        this.#losses += 1;
      },
    });
  }

  #tryAcquire(lock: LocalLock, outOfTurn: boolean): boolean {
    if (this.#holder === lock) return true;
    if (!this.#line.includes(lock)) this.#line.push(lock);
    if (this.#holder !== undefined || (this.#line[0] !== lock && !outOfTurn)) return false;
    this.#leaveLine(lock);
    this.#holder = lock;
    return true;
  }

  #release(lock: LocalLock): void {
    this.#leaveLine(lock);
    if (this.#holder === lock) this.#holder = undefined;
  }

  #leaveLine(lock: LocalLock): void {
    const index = this.#line.indexOf(lock);
    if (index >= 0) this.#line.splice(index, 1);
  }
}

/** The part of the common state that one lock needs. */
interface Common {
  readonly tryAcquire: (lock: LocalLock, outOfTurn: boolean) => boolean;
  readonly release: (lock: LocalLock) => void;
  readonly isNext: (lock: LocalLock) => boolean;
  readonly isWanted: () => boolean;
  readonly losses: () => number;
  readonly countLoss: () => void;
}

class LocalLock implements Lock {
  readonly isShared = true;
  readonly numbers: SequenceNumbers;
  readonly #common: Common;
  #isHeld = false;

  constructor(store: ReturnType<typeof memoryStore>, common: Common) {
    this.numbers = new SequenceNumbers(0, store);
    this.#common = common;
  }

  tryAcquire(outOfTurn: boolean): boolean {
    const isNew = !this.#isHeld;
    this.#isHeld = this.#common.tryAcquire(this, outOfTurn);
    if (isNew && this.#isHeld) this.numbers.renew();
    return this.#isHeld;
  }

  get isNext(): boolean {
    return this.#common.isNext(this);
  }

  isWanted(): boolean {
    return this.#common.isWanted();
  }

  isValid(): boolean {
    return true;
  }

  release(): void {
    if (this.#isHeld) this.numbers.rest();
    this.#isHeld = false;
    this.#common.release(this);
  }

  close(): void {
    this.release();
  }

  get losses(): number {
    return this.#common.losses();
  }

  countLoss(): void {
    this.#common.countLoss();
  }

  holder(): Holder | undefined {
    return undefined;
  }
}
