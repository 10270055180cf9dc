/**
 * Waits on a clock. No file of this package reads the time or sets a timer: everything that waits
 * is passed a `Clock` of `ipmi-bt`, so that tests can run it on the virtual one.
 */

import type { Clock, RequestSignal } from 'ipmi-bt';

/** The time of day: milliseconds since 1970, which an administrator may set. */
export function wallMs(): number {
  return Date.now();
}

/** Resolves after `delayMs`; rejects with the signal's reason when that aborts first. */
export async function sleep(clock: Clock, delayMs: number, signal: RequestSignal): Promise<void> {
  if (signal.aborted) throw signal.reason as Error;
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => {
      cancel();
      const reason = signal.reason as Error;
      reject(reason);
    };
    const cancel = clock.timer(
      delayMs,
      () => {
        signal.removeEventListener('abort', abort);
        resolve();
      },
      true,
    );
    signal.addEventListener('abort', abort);
  });
}

/** Resolves when `work` has settled, or at `deadlineMs`; true if `work` was first. */
export async function settledBy(
  clock: Clock,
  deadlineMs: number,
  work: Promise<unknown>,
): Promise<boolean> {
  return await new Promise<boolean>((resolve) => {
    const end = (): void => {
      cancel();
      resolve(true);
    };
    const late = (): void => {
      resolve(false);
    };
    const cancel = clock.timer(Math.max(deadlineMs - clock.now(), 0), late, true);
    void work.then(end, end);
  });
}
