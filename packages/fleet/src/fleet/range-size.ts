/**
 * The number of names that bracket ranges stand for, before a program expands them: `nodeset` takes
 * 200 bytes of memory for each. It is an upper bound where brackets hold ranges of ASCII digits
 * alone: Python reads `8_000_000`, `+9` and digits of all scripts as numbers, too.
 */

/** Words between the operators of sets, each with its brackets; the last may lack its end. */
const TERM = /(?:[^,!&^[\]\s]|\[[^\]]*\]?)+/g;
const BRACKETS = /\[([^\]]*)/g;
const RANGE = /^\s*(\d+)-(\d+)(?:\/(\d+))?\s*$/;

/** Digits, and what parts numbers, ranges and steps. */
const RANGES = /^[0-9 ,/-]*$/;

/** True unless brackets hold something else, whose size {@link namesAtMost} does not know. */
export function hasRangesAlone(text: string): boolean {
  return [...text.matchAll(BRACKETS)].every(([, inside = '']) => RANGES.test(inside));
}

/** At most so many names are in the text: sums of its words, products of their brackets. */
export function namesAtMost(text: string): number {
  const terms = [...text.matchAll(TERM)].map(([term]) => {
    const sizes = [...term.matchAll(BRACKETS)].map(([, inside = '']) => sizeOf(inside));
    return sizes.reduce((product, size) => product * size, 1);
  });
  return terms.reduce((sum, size) => sum + size, 0);
}

/** `1-9/2,12` are six. */
function sizeOf(inside: string): number {
  return inside.split(',').reduce((sum, part) => sum + lengthOf(part), 0);
}

function lengthOf(part: string): number {
  const [, first, last, step = '1'] = RANGE.exec(part) ?? [];
  if (first === undefined || last === undefined) return 1;
  const steps = Math.floor((Number(last) - Number(first)) / Math.max(Number(step), 1));
  return Math.max(steps + 1, 1);
}
