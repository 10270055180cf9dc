/**
 * Runs the driver's work: at once while its budget of this event-loop turn lasts, else at the next
 * turn, or when a timer fires. A re-entrant call does nothing, because the running one goes on.
 */

import { AT_ONCE, NEVER } from '../clock.ts';
import type { Cancel, Clock } from '../clock.ts';
import type { IrqLine } from '../port/irq-line.ts';

/**
 * Work that never has to wait goes on for so long before the event loop gets its turn. A timer is
 * late by this at most, and its resolution is a millisecond anyway. A caller that sends one request
 * after the other would pay for each turn alone, and a turn costs as much as some requests.
 */
const TURN_BUDGET_MS = 3;

/** The same for work that is queued: many requests share what a turn costs. */
const READY_BUDGET_MS = 1;

/** The work that the loop runs. */
export interface Work {
  /** Does one bounded thing and returns when to call again: a time, `AT_ONCE` or `NEVER`. */
  advance(nowMs: number): number;
  /** True while a caller waits for the outcome, so that timers must keep the process alive. */
  isAwaited(): boolean;
  /** Called when `advance` threw: the ports failed, or the driver has a bug. */
  crashed(error: unknown): void;
}

export class Loop {
  readonly #clock: Clock;
  readonly #work: Work;
  readonly #wake: Wake;
  #running = false;
  #stopped = false;
  /** Cancels the callback at the next turn; while there is one, `#turnStartMs` is valid. */
  #turn: Cancel | undefined;
  #turnStartMs = 0;
  #runAtTurn = false;

  /** `makeWake` makes the wake that calls `callback` later. */
  constructor(clock: Clock, work: Work, makeWake: (callback: () => void) => Wake) {
    this.#clock = clock;
    this.#work = work;
    this.#wake = makeWake(() => {
      this.run(clock.now());
    });
  }

  /** True while the work is advancing, further up the call stack. */
  get isRunning(): boolean {
    return this.#running;
  }

  /** Advances the work, at once or at the next turn, as the budget allows. */
  run(nowMs: number): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    try {
      this.#advance(nowMs);
    } catch (error) {
      this.#work.crashed(error);
    } finally {
      this.#running = false;
    }
  }

  /** Makes the loop run by `dueMs` at the latest. */
  runBy(dueMs: number): void {
    if (this.#running || this.#stopped || this.#runAtTurn) return;
    this.#wake.arm(Math.min(dueMs, this.#wake.dueMs), this.#work.isAwaited());
  }

  /**
   * Starts the budget of this event-loop turn, if it has not started. The loop calls this itself
   * when the work returns `AT_ONCE` or `NEVER`.
   */
  openTurn(nowMs: number): void {
    if (this.#turn !== undefined || this.#stopped) return;
    this.#turnStartMs = nowMs;
    this.#turn = this.#clock.turn(() => {
      this.#turn = undefined;
      if (this.#runAtTurn) this.run(this.#clock.now());
    });
  }

  /** Cancels all timers; the loop does not run again. */
  stop(): void {
    this.#stopped = true;
    this.#wake.cancel();
    this.#turn?.();
    this.#turn = undefined;
  }

  #advance(startMs: number): void {
    let nowMs = startMs;
    let dueMs = AT_ONCE;
    let budgetMs = TURN_BUDGET_MS;
    while (dueMs === AT_ONCE && !this.#isTurnSpent(nowMs, budgetMs)) {
      dueMs = this.#work.advance(nowMs);
      budgetMs = READY_BUDGET_MS;
      if (this.#stopped) return;
      // Also for `NEVER`: a caller may send its next request when its promise has settled.
      if (dueMs === AT_ONCE || dueMs === NEVER) this.openTurn(nowMs);
      if (dueMs === AT_ONCE) nowMs = this.#clock.now();
    }
    if (dueMs > nowMs) {
      this.#runAtTurn = false;
      this.#wake.arm(dueMs, this.#work.isAwaited());
    } else {
      this.#wake.cancel();
      this.openTurn(nowMs);
      this.#runAtTurn = true;
    }
  }

  #isTurnSpent(nowMs: number, budgetMs: number): boolean {
    return this.#turn !== undefined && nowMs - this.#turnStartMs >= budgetMs;
  }
}

/**
 * Calls the loop back later, by a timer or by an interrupt that comes earlier. One time is armed;
 * arming again replaces it. A callback that comes early is harmless.
 */
export interface Wake {
  /** The time that is armed; `Infinity` when none is. */
  readonly dueMs: number;
  /**
   * Calls back by `dueMs`, or never when that is `Infinity`. With `keepAlive` false the timer does
   * not keep the process running.
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
    // A timer that fires earlier will do, and keeping it is cheaper than a new one.
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

/** Callbacks of an interrupt line. */
export interface LineEvents {
  readonly fired: (count: number) => void;
  readonly failed: (error: Error) => void;
}

/** A timer and an interrupt line, which may fire at any time, armed or not, until it is closed. */
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
