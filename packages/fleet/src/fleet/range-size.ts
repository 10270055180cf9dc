/**
 * The number of names that bracket ranges stand for, before a program expands them: `nodeset` takes
 * 200 bytes of memory for each. It is an upper bound and no check: `nodeset` says what is wrong.
 */

/** Words between the operators of sets, each with its brackets; the last may lack its end. */
const TERM = /(?:[^,!&^[\]\s]|\[[^\]]*\]?)+/g;
const BRACKETS = /\[([^\]]*)/g;
const RANGE = /^\s*(\d+)-(\d+)(?:\/(\d+))?\s*$/;

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
