/** Work that a signal ends the wait for. The work goes on, and what it comes to may need an end. */

import type { RequestSignal } from 'ipmi-bt';

/** The consequences of an abort. */
export interface OnAbort<T> {
  /** The text of the error. */
  readonly reason: string;
  /** Ends what comes too late. */
  readonly onLate?: (result: T) => Promise<void> | void;
}

/** The result of `work`, unless the signal aborts first: then it rejects. */
export async function orAborted<T>(
  work: Promise<T>,
  signal: RequestSignal,
  { reason, onLate }: OnAbort<T>,
): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      reject(new Error(reason));
      work.then(onLate).catch(ignore);
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    const forget = (): void => {
      signal.removeEventListener('abort', abort);
    };
    work.then(resolve, reject).finally(forget).catch(forget);
  });
}

/** Resolves when the signal aborts. */
export async function aborted(signal: RequestSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}

function ignore(): void {
  // Nothing waits for it any more.
}
