/** Checks of arguments that are one of some words. */

import { kindOf } from '../errors.ts';
import type { Check } from '../option-table.ts';

/** Throws a `RangeError` unless `value` is one of the words. */
export function checkOneOf(name: string, value: unknown, words: readonly string[]): void {
  if (typeof value === 'string' && words.includes(value)) return;
  throw new RangeError(`${name} must be one of ${words.join(', ')}, not ${kindOf(value)}`);
}

/** The check of an option that is one of the words. */
export function wordOf(words: readonly string[]): Check {
  return (name, value) => {
    checkOneOf(name, value, words);
  };
}
