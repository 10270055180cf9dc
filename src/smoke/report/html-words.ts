/** Numbers, durations and results as the page writes them. */

import type { Bounds, Result } from '../events.ts';
import * as words from './words.ts';

/** `9.951`, `0.00012`, `1,200`. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value !== 0 && Math.abs(value) < 1e-6) return value.toExponential(2);
  const options = Number.isInteger(value)
    ? { maximumFractionDigits: 0 }
    : { maximumSignificantDigits: Math.max(words.DIGITS, String(Math.trunc(value)).length) };
  return value.toLocaleString('en-US', options);
}

/** Units of UCUM that have a better known name. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ['1', ''],
  ['us', '\u00b5s'],
  ['By', 'bytes'],
]);

/** The unit as a reader knows it; a count has none. */
export function unitText(unit: string): string {
  return UNITS.get(unit) ?? unit;
}

/** A number and its unit. */
export function quantity(value: number, unit: string): string {
  return `${numberText(value)} ${unitText(unit)}`.trimEnd();
}

/** The bounds of a measurement; empty without any. */
export function boundsText(bounds: Bounds): string {
  return words.boundsText(bounds, numberText);
}

/** `12 ms`, `4.1 s`, `3 min 20 s`. */
export function durationText(ms: number): string {
  if (ms < 100) return `${numberText(Math.round(ms * 10) / 10)} ms`;
  return words.durationText(ms);
}

/** `1 check`, `2 checks`. */
export function counted(count: number, noun: string): string {
  return `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2026-11-29 08:24:31 UTC`; what is no such time stays as it is. */
export function timeText(at: string): string {
  return at.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/, '$1 $2 UTC');
}

/** The result of a check; `open` when it has none. */
export type ShownResult = Result | 'open';

export const RESULT_WORDS: Readonly<Record<ShownResult, string>> = {
  pass: 'pass',
  fail: 'FAIL',
  skip: 'skipped',
  error: 'ERROR',
  interrupted: 'interrupted',
  open: 'not run',
};

/** The verdict of a run, in the largest letters of the page. */
export const VERDICTS: Readonly<Record<ShownResult, string>> = {
  pass: 'Passed',
  fail: 'Failed',
  skip: 'Not all checks ran',
  error: 'Could not be done',
  interrupted: 'Interrupted',
  open: 'Incomplete',
};
