/**
 * What makes the driver's loop run again later. One wake is armed at a time; arming it anew
 * replaces it, and a wake that comes early is harmless.
 */

import type { Cancel, Clock } from './clock.ts';

export class TimerWake {
  readonly #clock: Clock;
  readonly #callback: () => void;
  #dueMs = Infinity;
  #keepAlive = false;
  #cancel: Cancel | undefined;

  constructor(clock: Clock, callback: () => void) {
    this.#clock = clock;
    this.#callback = callback;
  }

  /** When the armed wake is due; `Infinity` when none is armed. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /**
   * Calls back by `dueMs`, never when that is `Infinity`. With `keepAlive` false the wait does not
   * keep the process running.
   */
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
