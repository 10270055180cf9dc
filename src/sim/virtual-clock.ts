/**
 * A clock that jumps to the next timer instead of waiting for it. Programs that take a `Clock` run
 * on it at full speed, at exact times, the same every run.
 */

import type { Cancel, Clock } from '../clock.ts';

/** An event-loop turn costs this much virtual time: a binary fraction, so that sums are exact. */
export const TURN_MS = 0.125;

/** More callbacks than any finite program here makes: an endless loop becomes an error. */
const STEPS_MAX = 1_000_000;

interface Entry {
  readonly atMs: number;
  readonly callback: () => void;
}

export class VirtualClock implements Clock {
  /** Callbacks made. */
  fired = 0;
  #nowMs: number;
  readonly #entries = new Set<Entry>();

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  turn(callback: () => void): Cancel {
    return this.#add(TURN_MS, callback);
  }

  timer(delayMs: number, callback: () => void): Cancel {
    return this.#add(Math.max(delayMs, TURN_MS), callback);
  }

  /** Callbacks not yet made. */
  get pending(): number {
    return this.#entries.size;
  }

  /** Lets time pass without any callback, as if the process was stopped meanwhile. */
  skip(ms: number): void {
    this.#nowMs += ms;
  }

  /** Runs until the promise settles; throws when nothing is left that could settle it. */
  async until<T>(promise: Promise<T>): Promise<T> {
    const settled = { is: false };
    const mark = (): void => {
      settled.is = true;
    };
    promise.then(mark, mark);
    for (let steps = 0; steps < STEPS_MAX; steps += 1) {
      await microtasks();
      if (settled.is) return await promise;
      if (!this.#step()) throw new Error(`deadlock at ${this.#nowMs} ms: nothing left to fire`);
    }
    throw new Error(`still unsettled after ${STEPS_MAX} steps, at ${this.#nowMs} ms`);
  }

  /** Runs everything that falls due within the next `ms`, and leaves the time there. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await microtasks();
    for (let next = this.#next(); next !== undefined && next.atMs <= endMs; next = this.#next()) {
      this.#step();
      await microtasks();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
  }

  #add(delayMs: number, callback: () => void): Cancel {
    const entry: Entry = { atMs: this.#nowMs + delayMs, callback };
    this.#entries.add(entry);
    return () => {
      this.#entries.delete(entry);
    };
  }

  #next(): Entry | undefined {
    let next: Entry | undefined;
    for (const entry of this.#entries) {
      if (next === undefined || entry.atMs < next.atMs) next = entry;
    }
    return next;
  }

  #step(): boolean {
    const next = this.#next();
    if (next === undefined) return false;
    this.#entries.delete(next);
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    this.fired += 1;
    next.callback();
    return true;
  }
}

/** Lets every promise that can settle do so. */
function microtasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
