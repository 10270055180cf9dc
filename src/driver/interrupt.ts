/**
 * What an interrupt is good for, and whether it can be trusted. It only makes the driver look
 * sooner; a slow look always runs beside it. So an interrupt that is lost costs latency and no
 * answer, one that comes for nothing costs a look, and a line that fires without end is let go of.
 *
 * An interrupt is acknowledged before the hardware is looked at: while one is latched no further
 * one is raised, and what comes after the acknowledgement raises one (of BT: IPMI 2.0 §11.6.3).
 */

import type { IrqLine } from '../port/irq-line.ts';

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

/** The line has fired. */
export interface Firing {
  /** Interrupts since the last call. */
  readonly count: number;
  readonly nowMs: number;
  /** The number of our turn at the interface; undefined while another process has it. */
  readonly turn: number | undefined;
}

/** The registers' side of an interrupt. */
export interface InterruptGate {
  /** Enables interrupts and clears the one that is latched: until then there is no other. */
  acknowledge(): void;
  /** Leaves interrupts enabled as they were found, and none latched. */
  restore(): void;
}

/** The parts of an interrupt. */
export interface InterruptParts {
  readonly line: IrqLine;
  readonly gate: InterruptGate;
  /** Receives what is wrong with the line, once. */
  readonly warn: (fields: object, text: string) => void;
  /** None comes where some should: the BMC may have forgotten that interrupts are wanted. */
  readonly onLost: () => void;
}

export class Interrupt {
  readonly #line: IrqLine;
  readonly #gate: InterruptGate;
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
  /** Responses and attentions found since the last interrupt. */
  #foundSince = 0;
  /** The turn at the last interrupt. */
  #turnBefore: number | undefined;
  /** Interrupts for nothing since `#stormSinceMs`. */
  #spurious = 0;
  #stormSinceMs = -Infinity;

  constructor(parts: InterruptParts) {
    this.#line = parts.line;
    this.#gate = parts.gate;
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

  /** A response or a risen attention bit was found, by whatever look: it may have raised one. */
  found(): void {
    this.#foundSince += 1;
  }

  /** A reply came `waitedMs` after its frame was rung. */
  replied(waitedMs: number): void {
    if (this.#isFiring) this.#isTrusted = !this.#isOver;
    if (!this.#isEnabled || this.#isGivenUp || waitedMs < SURE_MS) return;
    this.#misses = this.#isAwaited ? this.#misses + 1 : 0;
  }

  /** Lets the next interrupt through. The interface is ours, or we only look at it. */
  acknowledge(): void {
    if (!this.#isEnabled) return;
    if (!this.#line.ownsMask) this.#gate.acknowledge();
    this.#onLine(() => {
      this.#line.rearm();
    });
  }

  /** The line has fired: `look` does what a timer would do later. */
  fired(firing: Firing, look: () => void): void {
    this.#isAwaited = false;
    this.#misses = 0;
    this.#isGivenUp = false;
    this.#isFiring = true;
    look();
    this.#isFiring = false;
    this.#countSpurious(firing);
  }

  /** The line is gone. */
  failed(error: Error): void {
    this.#end('interrupt line failed', error);
  }

  /** The interface is about to be reset: the kernel must not touch its interrupt meanwhile. */
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
   * Lets go of the line, and leaves interrupts enabled as they were found, if that is ours to do:
   * another process may wait for interrupts, too. Synchronous and idempotent.
   */
  close(): void {
    if (this.#isOver) return;
    this.letGo();
    this.#gate.restore();
  }

  /**
   * Whatever was found since the last interrupt may have raised one: a quick BMC's reply is taken
   * before its interrupt arrives. So may what another process has found, until the line fires a
   * second time in a turn of ours.
   */
  #countSpurious({ count, nowMs, turn }: Firing): void {
    const foundSince = this.#foundSince;
    const isOurs = turn !== undefined && turn === this.#turnBefore;
    this.#foundSince = 0;
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
