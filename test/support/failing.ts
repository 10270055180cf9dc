/** Functions of a program that fail, in every way in which one can. */

import { onTestFinished } from 'vitest';

/** Full, as a disk is. */
const FULL = new Error('ENOSPC');

/** The ways in which a function can fail that is called with lines. */
export const WAYS: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw FULL;
  },
  'is async and rejects': () => Promise.reject(FULL),
  'returns a thenable that rejects': () => ({
    then: (_: unknown, reject: (cause: unknown) => void) => {
      reject(FULL);
    },
  }),
  'returns a thenable that throws': () => ({
    then: () => {
      throw FULL;
    },
  }),
  'returns an object whose then throws': () => ({
    get then(): never {
      throw FULL;
    },
  }),
};

/** Watches for rejections that nobody handles; the function returned resolves to them. */
export function unhandledRejections(): () => Promise<readonly unknown[]> {
  const unhandled: unknown[] = [];
  const note = (cause: unknown): void => void unhandled.push(cause);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  return async () => {
    // One is told a turn later.
    await new Promise((resolve) => setImmediate(resolve));
    return unhandled;
  };
}
