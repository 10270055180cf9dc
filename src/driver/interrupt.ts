/**
 * An interrupt makes the driver poll early, and nothing else depends on it: slow polling always
 * runs beside it. So a lost interrupt costs latency and no answer, a spurious one costs a poll, and
 * a line that fires without end is released.
 *
 * An interrupt is acknowledged before the registers are read: while one is latched the BMC raises
 * no other, and whatever happens after the acknowledgement raises one (BT: IPMI 2.0 §11.6.3).
 */

import type { IrqLine } from '../port/irq-line.ts';

/** After so many replies in a row without an interrupt, the line is not trusted any more. */
export const MISSES_MAX = 3;

/** A reply that took less time may have been read before its interrupt could arrive. */
export const SURE_MS = 10;

/** So many spurious interrupts within {@link STORM_WINDOW_MS} are an interrupt storm. */
export const STORM_MIN = 1000;
export const STORM_WINDOW_MS = 1000;

/**
 * An interrupt that another process's request may have raised counts as a thirtieth of a spurious
 * one. The limit is then 30,000 a second, and no interface answers so many requests: each takes 31
 * register accesses of a microsecond.
 */
export const OTHERS_SHARE = 30;

/** One report of the line: it has fired. */
export interface Firing {
  /** Interrupts since the last call. */
  readonly count: number;
  readonly nowMs: number;
  /** The number of this process's turn at the interface; undefined while it has none. */
  readonly turn: number | undefined;
}

/** The interrupt's bits in the registers. */
export interface InterruptGate {
  /** Enables interrupts and clears the latched one; until then the BMC raises no other. */
  acknowledge(): void;
  /**
   * Leaves interrupts enabled as they were found, and none latched. Unless it is the last time, it
   * does nothing while the registers do not show the enable: what is written then may be lost.
   */
  restore(isLast: boolean): void;
}

/** The parts of an interrupt. */
export interface InterruptParts {
  readonly line: IrqLine;
  readonly gate: InterruptGate;
  /** Logs a fault of the line; each is reported once. */
  readonly warn: (fields: object, text: string) => void;
  /** Called when expected interrupts do not come: the BMC may have forgotten their enables. */
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
  /** The ports have failed: no register is touched any more. */
  #isLetGo = false;
  #isFiring = false;
  /** A request was written, and no interrupt has come since. */
  #isAwaited = false;
  /** Replies in a row that came without an interrupt. */
  #misses = 0;
  /** No interrupt is expected until one comes. */
  #isGivenUp = false;
  #isLossTold = false;
  /** Responses and attentions found since the last interrupt. */
  #foundSince = 0;
  /** The turn at the last interrupt. */
  #turnBefore: number | undefined;
  /** Spurious interrupts since `#stormSinceMs`. */
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

  /** True when an interrupt brought a reply to this process, and interrupts still come. */
  get isTrusted(): boolean {
    return this.#isTrusted;
  }

  /** True while the driver polls because the line has fired. */
  get isFiring(): boolean {
    return this.#isFiring;
  }

  /** True when the line was released. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Enables interrupts, again if the BMC may have forgotten. Idempotent. */
  enable(): void {
    if (this.#isOver) return;
    this.#isEnabled = true;
    this.#onLine(() => {
      this.#line.enable(true);
    });
  }

  /** Called before a request is written, so that its reply can raise an interrupt. */
  beforeRing(): void {
    if (!this.#isEnabled) return;
    if (this.#misses >= MISSES_MAX) this.#lose();
    this.#isAwaited = true;
    this.acknowledge();
  }

  /** Counts a response, or a risen attention bit, that may have raised an interrupt. */
  found(): void {
    this.#foundSince += 1;
  }

  /** Takes note of a reply that came `waitedMs` after its request was written. */
  replied(waitedMs: number): void {
    if (this.#isFiring) this.#isTrusted = !this.#isOver;
    if (!this.#isEnabled || this.#isGivenUp || waitedMs < SURE_MS) return;
    this.#misses = this.#isAwaited ? this.#misses + 1 : 0;
  }

  /** Lets the next interrupt through. Call it only while this process has the interface. */
  acknowledge(): void {
    if (!this.#isEnabled) return;
    if (!this.#line.ownsMask) this.#gate.acknowledge();
    this.#onLine(() => {
      this.#line.rearm();
    });
  }

  /** Handles a report of the line; `look` polls, as a timer would do later. */
  fired(firing: Firing, look: () => void): void {
    this.#isAwaited = false;
    this.#misses = 0;
    this.#isGivenUp = false;
    this.#isFiring = true;
    look();
    this.#isFiring = false;
    this.#countSpurious(firing);
  }

  /** Releases the line, which has failed. */
  failed(error: Error): void {
    this.#end('interrupt line failed', error);
  }

  /** Disables the line before a reset: the kernel must not touch the interrupt meanwhile. */
  beforeReset(): void {
    if (!this.#isEnabled) return;
    this.#onLine(() => {
      this.#line.enable(false);
    });
  }

  /** Releases the line and touches no register, because the ports have failed. Idempotent. */
  letGo(): void {
    this.#isLetGo = true;
    this.#stop();
  }

  /**
   * Releases the line and restores the interrupt enable as it was found, because another process
   * may wait for interrupts, too. Synchronous and idempotent.
   */
  close(): void {
    if (this.#isLetGo) return;
    this.#stop();
    this.#gate.restore(true);
  }

  #stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#isTrusted = false;
    this.#isEnabled = false;
    this.#line.close();
  }

  /**
   * Counts the interrupts for which nothing was found. What was found since the last interrupt may
   * have raised this one: a quick BMC's reply is read before its interrupt arrives. So may what
   * another process has found, until the line fires twice in one turn of this process.
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

  /** Asks the BMC for interrupts once more; until one comes, timers do all the polling. */
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
    this.#stop();
    this.#gate.restore(false);
  }
}
