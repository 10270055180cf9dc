/** Checks of arguments that are one of some words. */

import { kindOf } from '../errors.ts';

/** Throws a `RangeError` unless `value` is one of the words. */
export function checkOneOf(name: string, value: unknown, words: readonly string[]): void {
  if (typeof value === 'string' && words.includes(value)) return;
  throw new RangeError(`${name} must be one of ${words.join(', ')}, not ${kindOf(value)}`);
}
