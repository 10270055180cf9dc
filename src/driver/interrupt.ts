/**
 * What an interrupt is good for, and whether it can be trusted. It only makes the driver look
 * sooner; a slow look always runs beside it. So an interrupt that is lost costs latency and no
 * answer, one that comes for nothing costs a look, and a line that fires without end is let go of.
 *
 * BT_INTMASK is acknowledged before BT_CTRL is read: while B2H_IRQ is latched, no further interrupt
 * is raised, and what comes after the acknowledgement raises one (IPMI 2.0 §11.6.3).
 */

import type { IrqLine } from '../port/irq-line.ts';
import type { BtRegisters } from '../bt/registers.ts';
import type { Statistics } from './statistics.ts';

/** So many replies in a row without an interrupt, and it is not trusted any more. */
export const MISSES_MAX = 3;

/** A reply that took less may have been taken before its interrupt could arrive. */
export const SURE_MS = 10;

/** So many interrupts for nothing within {@link STORM_WINDOW_MS} are a line that does not end. */
export const STORM_MIN = 1000;
export const STORM_WINDOW_MS = 1000;

/**
 * Interrupts that another process's requests may have raised count so much less: at 31 register
 * accesses of a microsecond each, no interface answers 30,000 requests a second.
 */
export const OTHERS_SHARE = 30;

/** That the line has fired. */
export interface Firing {
  /** How often since the last time. */
  readonly count: number;
  readonly nowMs: number;
  /** Which of our turns at the interface this is; undefined while it is another process's. */
  readonly turn: number | undefined;
}

/** What an interrupt is made of. */
export interface InterruptParts {
  readonly line: IrqLine;
  readonly registers: BtRegisters;
  readonly statistics: Statistics;
  /** Is told what is wrong with it, once. */
  readonly warn: (fields: object, text: string) => void;
  /** None comes where some should: the BMC may have forgotten that it is wanted. */
  readonly onLost: () => void;
}

export class Interrupt {
  readonly #line: IrqLine;
  readonly #registers: BtRegisters;
  readonly #statistics: Statistics;
  readonly #warn: InterruptParts['warn'];
  readonly #onLost: () => void;
  #isEnabled = false;
  #isTrusted = false;
  #isOver = false;
  #isFiring = false;
  /** A frame was rung, and none has come since. */
  #isAwaited = false;
  /** Replies in a row that came without. */
  #misses = 0;
  /** None is expected until one comes. */
  #isGivenUp = false;
  #isLossTold = false;
  /** What had been found at the last interrupt. */
  #foundBefore = 0;
  /** Whose turn it was at the last interrupt. */
  #turnBefore: number | undefined;
  /** Interrupts for nothing since `#stormSinceMs`. */
  #spurious = 0;
  #stormSinceMs = -Infinity;

  constructor(parts: InterruptParts) {
    this.#line = parts.line;
    this.#registers = parts.registers;
    this.#statistics = parts.statistics;
    this.#warn = parts.warn;
    this.#onLost = parts.onLost;
  }

  get line(): IrqLine {
    return this.#line;
  }

  /** One came for a request of ours, and they have not stopped coming. */
  get isTrusted(): boolean {
    return this.#isTrusted;
  }

  /** What is looked at now is looked at because the line has fired. */
  get isFiring(): boolean {
    return this.#isFiring;
  }

  /** The line was let go of. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** From now on interrupts are wanted; the BMC may have forgotten it. Idempotent. */
  enable(): void {
    if (this.#isOver) return;
    this.#isEnabled = true;
    this.#onLine(() => {
      this.#line.enable(true);
    });
  }

  /** A frame is about to be rung: its reply shall be able to raise one. */
  beforeRing(): void {
    if (!this.#isEnabled) return;
    if (this.#misses >= MISSES_MAX) this.#lose();
    this.#isAwaited = true;
    this.acknowledge();
  }

  /** A reply came `waitedMs` after its frame was rung. */
  replied(waitedMs: number): void {
    if (!this.#isEnabled || this.#isGivenUp || waitedMs < SURE_MS) return;
    this.#misses = this.#isAwaited ? this.#misses + 1 : 0;
  }

  /** Lets the next interrupt through. The interface is ours, or we only look at it. */
  acknowledge(): void {
    if (!this.#isEnabled) return;
    if (!this.#line.ownsMask) this.#registers.acknowledgeInterrupt();
    this.#onLine(() => {
      this.#line.rearm();
    });
  }

  /** The line has fired: `look` does what a timer would do later. */
  fired(firing: Firing, look: () => void): void {
    const statistics = this.#statistics;
    const { completeTransactions } = statistics;
    statistics.interrupts += firing.count;
    this.#isAwaited = false;
    this.#misses = 0;
    this.#isGivenUp = false;
    this.#isFiring = true;
    look();
    this.#isFiring = false;
    const isReply = statistics.completeTransactions !== completeTransactions;
    if (isReply) this.#isTrusted = !this.#isOver;
    this.#countSpurious(firing);
  }

  /** The line is gone. */
  failed(error: Error): void {
    this.#end('interrupt line failed', error);
  }

  /** BMC_HWRST is about to be written: no other hand may be on BT_INTMASK. */
  beforeReset(): void {
    if (!this.#isEnabled) return;
    this.#onLine(() => {
      this.#line.enable(false);
    });
  }

  /** Lets go of the line, and touches no register: the ports have failed. Idempotent. */
  letGo(): void {
    this.#isOver = true;
    this.#isTrusted = false;
    this.#isEnabled = false;
    this.#line.close();
  }

  /**
   * Lets go of the line, and leaves BT_INTMASK as it was found, if it is ours: another process may
   * wait for interrupts, too. Synchronous and idempotent.
   */
  close(): void {
    if (this.#isOver) return;
    this.letGo();
    this.#registers.restoreInterrupt();
  }

  /**
   * Whatever was found since the last interrupt may have raised one: a quick BMC's reply is taken
   * before its interrupt arrives. So may what another process has found, until the line fires a
   * second time in a turn of ours.
   */
  #countSpurious({ count, nowMs, turn }: Firing): void {
    const { completeTransactions, staleReplies, attentions } = this.#statistics;
    const found = completeTransactions + staleReplies + attentions;
    const foundSince = found - this.#foundBefore;
    const isOurs = turn !== undefined && turn === this.#turnBefore;
    this.#foundBefore = found;
    this.#turnBefore = turn;
    if (foundSince > 0 || nowMs - this.#stormSinceMs > STORM_WINDOW_MS) {
      this.#spurious = 0;
      this.#stormSinceMs = nowMs;
    }
    this.#spurious += Math.max(0, count - foundSince) / (isOurs ? 1 : OTHERS_SHARE);
    if (this.#spurious >= STORM_MIN) this.#end('interrupt line fires without end');
  }

  /** Asks for them once more; where that does not help, it is a matter of timers again. */
  #lose(): void {
    this.#isTrusted = false;
    this.#misses = 0;
    this.#isGivenUp = true;
    if (!this.#isLossTold) this.#warn({ line: this.#line.path }, 'interrupts do not come');
    this.#isLossTold = true;
    this.#onLost();
  }

  #onLine(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.failed(error as Error);
    }
  }

  #end(why: string, error?: Error): void {
    if (this.#isOver) return;
    const { path } = this.#line;
    this.#warn(error === undefined ? { line: path } : { line: path, error: String(error) }, why);
    this.close();
  }
}
