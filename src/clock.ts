/**
 * The only place that asks the time or sets a timer. Everything that waits is handed a `Clock`, so
 * that tests can run it on a virtual one.
 */

import { IpmiError } from './errors.ts';

/** Undoes a wait that has not fired; harmless afterwards. */
export type Cancel = () => void;

/** Monotonic time and the two ways to wait for it. */
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

// Taken once: `process` and `performance` are looked up anew wherever they are named, and loading
// what is behind `performance` takes longer than a command does.
const { hrtime } = process;

/** The machine's monotonic clock and Node's event loop. */
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
    // Node cuts a fraction off, and who is called too early has to wait once more.
    const handle = setTimeout(callback, Math.ceil(delayMs));
    if (!keepAlive) handle.unref();
    return () => {
      clearTimeout(handle);
    };
  },
};

/** Resolves after `delayMs`; rejects with `REQUEST_ABORTED` when the signal aborts first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      cancel();
      reject(aborted(signal?.reason));
    };
    const cancel = clock.timer(
      delayMs,
      () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      },
      true,
    );
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
  });
}

/** Resolves when `work` has, or `mostMs` later; `work` does not reject. */
export async function within(clock: Clock, mostMs: number, work: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.timer(mostMs, resolve, true);
    void work.then(() => {
      cancel();
      resolve();
    });
  });
}

/** The error of a wait that its caller's signal ended, nothing having been sent. */
export function aborted(cause: unknown): IpmiError {
  return new IpmiError('REQUEST_ABORTED', 'aborted by the caller', { cause });
}
