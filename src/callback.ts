/**
 * Calls of functions that a program gives, for lines of a trace or a log. One that fails must not
 * change what it is told of: it is called from the middle of a transaction, or of giving back.
 */

/**
 * Calls it; `fail` is told what it throws, or what a promise that it returned rejects with. The
 * types say that it returns nothing, but an async function is taken for such a one.
 */
export function contained(call: () => unknown, fail: (cause: unknown) => void): void {
  try {
    const returned = call();
    if (isThenable(returned)) Promise.resolve(returned).catch(fail);
  } catch (cause) {
    fail(cause);
  }
}

function isThenable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return typeof (value as { readonly then?: unknown }).then === 'function';
}
