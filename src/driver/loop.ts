/**
 * When the driver's work is done: at once while the event-loop turn has time left, at the next turn
 * when it has not, or when a timer says so. Re-entrant calls are folded into the running one.
 */

import { AT_ONCE, NEVER } from '../clock.ts';
import type { Cancel, Clock } from '../clock.ts';
import type { IrqLine } from '../port/irq-line.ts';

/**
 * Work that ends at once goes on for so long before the event loop gets its turn. Timers, which
 * know no less than a millisecond, are late by this at most. Who asks for one thing after the other
 * waits alone for each turn, which costs as much as some requests.
 */
const TURN_BUDGET_MS = 3;

/** The same for work that lies ready: many wait, and share what a turn costs. */
const READY_BUDGET_MS = 1;

/** What the loop runs. */
export interface Work {
  /** Does one bounded thing and returns when to call again: a time, `AT_ONCE` or `NEVER`. */
  advance(nowMs: number): number;
  /** Whether somebody waits for the outcome, so that the process must not end meanwhile. */
  isAwaited(): boolean;
  /** `advance` threw: the ports failed, or we have a bug. */
  crashed(error: unknown): void;
}

export class Loop {
  readonly #clock: Clock;
  readonly #work: Work;
  readonly #wake: Wake;
  #running = false;
  #stopped = false;
  /** Undoes the turn that was asked for; while there is one, `#turnStartMs` counts. */
  #turn: Cancel | undefined;
  #turnStartMs = 0;
  #runAtTurn = false;

  /** `makeWake` makes what calls back later. */
  constructor(clock: Clock, work: Work, makeWake: (callback: () => void) => Wake) {
    this.#clock = clock;
    this.#work = work;
    this.#wake = makeWake(() => {
      this.run(clock.now());
    });
  }

  /** Whether the work is advancing right now, further up the call stack. */
  get isRunning(): boolean {
    return this.#running;
  }

  /** Lets the work advance as soon as the turn's budget allows. */
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

  /** Runs by `dueMs` if nothing would make it run earlier. */
  runBy(dueMs: number): void {
    if (this.#running || this.#stopped || this.#runAtTurn) return;
    this.#wake.arm(Math.min(dueMs, this.#wake.dueMs), this.#work.isAwaited());
  }

  /**
   * Something was finished: it counts against this turn of the event loop. The loop does so itself
   * for work that returns `AT_ONCE` or `NEVER`.
   */
  openTurn(nowMs: number): void {
    if (this.#turn !== undefined || this.#stopped) return;
    this.#turnStartMs = nowMs;
    this.#turn = this.#clock.turn(() => {
      this.#turn = undefined;
      if (this.#runAtTurn) this.run(this.#clock.now());
    });
  }

  /** Leaves no timer behind; the loop does not run again. */
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
      // Also if the next request comes only when the caller's promise has settled.
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
 * Makes the loop run again later: a timer, and an interrupt that comes before it. One wake is armed
 * at a time; arming it anew replaces it, and a wake that comes early is harmless.
 */
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
