/**
 * A lock for several devices of this process that share one `PortIo`, as processes share the ports
 * of a host. They take turns in the order in which they asked.
 */

import type { Holder } from './holder.ts';
import type { Lock } from './lock.ts';
import { SequenceNumbers, memoryStore } from './sequence-numbers.ts';

/** The part of the locks that all of them share. */
interface Common {
  readonly store: ReturnType<typeof memoryStore>;
  /** Those that wait, in the order in which they asked. */
  readonly line: LocalLock[];
  holder: LocalLock | undefined;
  losses: number;
}

/** Makes the locks of devices that share one `PortIo`. */
export class LocalLocks {
  readonly #common: Common = { store: memoryStore(), line: [], holder: undefined, losses: 0 };

  /** The lock of one more device. */
  newLock(): Lock {
    return new LocalLock(this.#common);
  }
}

class LocalLock implements Lock {
  readonly isShared = true;
  readonly numbers: SequenceNumbers;
  readonly #common: Common;

  constructor(common: Common) {
    this.numbers = new SequenceNumbers(0, common.store);
    this.#common = common;
  }

  tryAcquire(outOfTurn: boolean): boolean {
    const { holder, line } = this.#common;
    if (holder === this) return true;
    if (!line.includes(this)) line.push(this);
    if (holder !== undefined || (!this.isNext && !outOfTurn)) return false;
    this.#leaveLine();
    this.#common.holder = this;
    this.numbers.renew();
    return true;
  }

  get isNext(): boolean {
    return this.#common.line[0] === this;
  }

  isWanted(): boolean {
    return this.#common.line.length > 0;
  }

  isValid(): boolean {
    return true;
  }

  release(): void {
    this.#leaveLine();
    if (this.#common.holder !== this) return;
    this.numbers.rest();
    this.#common.holder = undefined;
  }

  close(): void {
    this.release();
  }

  get losses(): number {
    return this.#common.losses;
  }

  countLoss(): void {
    this.#common.losses += 1;
  }

  holder(): Holder | undefined {
    return undefined;
  }

  #leaveLine(): void {
    const { line } = this.#common;
    const index = line.indexOf(this);
    if (index >= 0) line.splice(index, 1);
  }
}
