/**
 * What makes the driver's loop run again later: a timer, and an interrupt that comes before it. One
 * wake is armed at a time; arming it anew replaces it, and a wake that comes early is harmless.
 */

import type { Cancel, Clock } from '../clock.ts';
import type { IrqLine } from '../port/irq-line.ts';

export interface Wake {
  /** When the armed wake is due; `Infinity` when none is armed. */
  readonly dueMs: number;
  /**
   * Calls back by `dueMs`, never when that is `Infinity`. With `keepAlive` false the wait does not
   * keep the process running.
   */
  arm(dueMs: number, keepAlive: boolean): void;
  /** Disarms it. Idempotent. */
  cancel(): void;
}

export class TimerWake implements Wake {
  readonly #clock: Clock;
  readonly #callback: () => void;
  #dueMs = Infinity;
  #keepAlive = false;
  #cancel: Cancel | undefined;

  constructor(clock: Clock, callback: () => void) {
    this.#clock = clock;
    this.#callback = callback;
  }

  get dueMs(): number {
    return this.#dueMs;
  }

  arm(dueMs: number, keepAlive: boolean): void {
    // One that comes earlier will do, and leaving it costs no timer.
    if (this.#dueMs <= dueMs && dueMs < Infinity && keepAlive === this.#keepAlive) return;
    this.cancel();
    if (dueMs === Infinity) return;
    this.#dueMs = dueMs;
    this.#keepAlive = keepAlive;
    const fire = (): void => {
      this.#cancel = undefined;
      this.#dueMs = Infinity;
      this.#callback();
    };
    this.#cancel = this.#clock.timer(dueMs - this.#clock.now(), fire, keepAlive);
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#dueMs = Infinity;
  }
}

/** Who is told of an interrupt line. */
export interface LineEvents {
  readonly fired: (count: number) => void;
  readonly failed: (error: Error) => void;
}

/** A timer, and a line that may fire at any time, armed or not, until it is closed. */
export class IrqWake implements Wake {
  readonly #timer: Wake;

  constructor(timer: Wake, line: IrqLine, events: LineEvents) {
    this.#timer = timer;
    line.watch(events.fired, events.failed);
  }

  get dueMs(): number {
    return this.#timer.dueMs;
  }

  arm(dueMs: number, keepAlive: boolean): void {
    this.#timer.arm(dueMs, keepAlive);
  }

  cancel(): void {
    this.#timer.cancel();
  }
}
