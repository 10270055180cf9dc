/**
 * No other file reads the time or sets a timer. Everything that waits is passed a `Clock`, so that
 * tests can run it on a virtual one.
 */

import { onAbort } from './abort.ts';
import type { Signal } from './abort.ts';
import { IpmiError, TIMEOUT_MAX_MS, abortText } from './errors.ts';

/** A time before all others: due at once. */
export const AT_ONCE = -Infinity;

/** A time after all others: never due. */
export const NEVER = Infinity;

/** Cancels a callback that has not been called yet; harmless afterwards. */
export type Cancel = () => void;

/** Monotonic time, and two ways to be called back later. */
export interface Clock {
  /** Milliseconds, with fractions, from an arbitrary start; never goes back. */
  now(): number;

  /** Calls back once, at the next turn of the event loop. */
  turn(callback: () => void): Cancel;

  /**
   * Calls back once, `delayMs` from now or a little later. A timer with `keepAlive` false does not
   * keep the process running.
   */
  timer(delayMs: number, callback: () => void, keepAlive: boolean): Cancel;
}

// Read once, because each use of `process` is a lookup in the global object. Not `performance.now`,
// because loading `performance` takes longer than a command does.
const { hrtime } = process;

/** The time of day, RFC 3339 in UTC: for reports, and never to measure with. */
export function timestamp(): string {
  return new Date().toISOString();
}

/** The host's monotonic clock and Node's event loop. */
export const systemClock: Clock = {
  now() {
    const time = hrtime();
    return time[0] * 1e3 + time[1] / 1e6;
  },

  turn(callback) {
    const handle = setImmediate(callback);
    return () => {
      clearImmediate(handle);
    };
  },

  timer(delayMs, callback, keepAlive) {
    if (delayMs > TIMEOUT_MAX_MS) return longTimer(delayMs, callback, keepAlive);
    // Node drops the fraction, and a callback that comes too early would have to wait again.
    const handle = setTimeout(callback, Math.ceil(delayMs));
    if (!keepAlive) handle.unref();
    return () => {
      clearTimeout(handle);
    };
  },
};

/** A timer after timers: Node would call back at once. */
function longTimer(delayMs: number, callback: () => void, keepAlive: boolean): Cancel {
  const later = (): void => {
    cancel = systemClock.timer(delayMs - TIMEOUT_MAX_MS, callback, keepAlive);
  };
  let cancel = systemClock.timer(TIMEOUT_MAX_MS, later, keepAlive);
  return () => {
    cancel();
  };
}

/** Resolves after `delayMs`; rejects with `REQUEST_ABORTED` when the signal aborts first. */
export function sleep(clock: Clock, delayMs: number, signal?: Signal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      cancel();
      reject(aborted(signal?.reason));
    };
    const cancel = clock.timer(
      delayMs,
      () => {
        forget?.();
        resolve();
      },
      true,
    );
    const forget = signal && onAbort(signal, abort);
    if (signal?.aborted !== true) return;
    forget?.();
    abort();
  });
}

/** Resolves when `work` has resolved, or after `mostMs`; `work` must not reject. */
export async function within(clock: Clock, mostMs: number, work: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.timer(mostMs, resolve, true);
    void work.then(() => {
      cancel();
      resolve();
    });
  });
}

/** Any time will do, as long as one timer follows another. */
const ALIVE_MS = 3_600_000;

/** Keeps the process alive until the returned function is called: listeners alone do not. */
export function stayAlive(clock: Clock): Cancel {
  let cancel: Cancel;
  const arm = (): void => {
    cancel = clock.timer(ALIVE_MS, arm, true);
  };
  arm();
  return () => {
    cancel();
  };
}

/** The error of a wait that its caller's signal ended before anything was sent. */
export function aborted(cause: unknown): IpmiError {
  return new IpmiError('REQUEST_ABORTED', abortText(cause), { cause });
}

/** A sleep that can be cut short, and that does not keep the process alive. */
export class Pause {
  readonly #clock: Clock;
  #end: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after `pauseMs`, or at {@link end}. One at a time. */
  async wait(pauseMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.timer(pauseMs, resolve, false);
      this.#end = () => {
        cancel();
        resolve();
      };
    });
    this.#end = undefined;
  }

  /** Ends the wait, if there is one. */
  end(): void {
    this.#end?.();
  }
}
