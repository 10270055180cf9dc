/**
 * Lists that a test draws a conclusion from. Of an empty list everything is true, and its greatest
 * member is below every bound; so each of these throws when the list is empty.
 */

/** Returns the list itself. */
export function nonEmpty<T>(list: readonly T[]): readonly T[] {
  if (list.length === 0) throw new Error('the list that the test looks through is empty');
  return list;
}

/** The members for which `isOffender` is true; for `expect(...).toEqual([])`. */
export function offenders<T>(
  list: readonly T[],
  isOffender: (one: T, index: number) => boolean,
): readonly T[] {
  return nonEmpty(list).filter((one, index) => isOffender(one, index));
}

export function greatest(numbers: readonly number[]): number {
  return Math.max(...nonEmpty(numbers));
}

export function least(numbers: readonly number[]): number {
  return Math.min(...nonEmpty(numbers));
}
