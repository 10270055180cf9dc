/**
 * Text and numbers as all reports write them. What a BMC or firmware says may hold anything: line
 * ends and controls become a space, so that no report is broken, and no terminal obeys them.
 */

import type { Bounds, Result, RunInfo } from '../events.ts';

/** Controls of ASCII and of Latin-1, ends of lines and paragraphs, and marks of direction. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu;

/** Half of a pair, and the code points that no XML may hold. */
const NO_CHARACTER = /\p{Cs}|[\ufffe\uffff]/gu;

/** Significant digits of a measured number: more than its scatter is worth. */
export const DIGITS = 4;

/** The verdict of a run, in every report that has words of its own. */
export const VERDICTS: Readonly<Record<Result, string>> = {
  pass: 'PASS',
  fail: 'FAIL',
  skip: 'SKIPPED',
  error: 'ERROR',
  interrupted: 'INTERRUPTED',
};

/** One line without controls. */
export function oneLine(text: string): string {
  return text.replace(NO_CHARACTER, '\ufffd').replace(CONTROLS, ' ').trim();
}

/** The lines of a text, each without controls. */
export function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|[\r\n\u2028\u2029]/).map((line) => oneLine(line));
}

/** A measured number in decimal, never with an exponent: `9.951`, `0.00012`, `1200`. */
export function decimal(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value)) return value.toLocaleString('en-US', { useGrouping: false });
  const digits = Math.max(0, Math.min(10, DIGITS - 1 - Math.floor(Math.log10(Math.abs(value)))));
  return value
    .toFixed(digits)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** A number and its unit; a count has none. */
export function quantity(value: number, unit: string): string {
  return unit === '1' || unit === '' ? decimal(value) : `${decimal(value)} ${oneLine(unit)}`;
}

/** `at most 50`, `at least 1`, `1 to 50`; empty without bounds. */
export function boundsText({ least, most }: Bounds, write = decimal): string {
  if (least !== undefined && most !== undefined) {
    return least === most ? `must be ${write(least)}` : `${write(least)} to ${write(most)}`;
  }
  if (most !== undefined) return `at most ${write(most)}`;
  return least === undefined ? '' : `at least ${write(least)}`;
}

/** False for what is no number, too. */
export function isWithin(value: number, { least = -Infinity, most = Infinity }: Bounds): boolean {
  return value >= least && value <= most;
}

/** `0.4 s`, `75.0 s`, `3 min 20 s`. */
export function durationText(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}

/** A word as a shell reads it, quotes included. */
const SHELL_WORD = String.raw`(?:'[^']*'|\\'|[^\s'\\])+`;

/** Options that name a file which a run writes: its repetition would overwrite it. */
const WRITERS = '--(?:save|html|junit|record)';

/** These options with their files, and what is recorded into one. */
const FILES = new RegExp(
  String.raw`\s(?:(?:${WRITERS}(?:=|\s+)|(?='${WRITERS}=))${SHELL_WORD}|--trace-payload\S*)`,
  'g',
);

/**
 * The command that does the same again, in the same order and with the same chance, and writes no
 * files.
 */
export function repeatCommand({ commandLine, seed }: RunInfo): string {
  const line = oneLine(commandLine).replace(FILES, '');
  return /(^|\s)--seed[\s=]/.test(line) ? line : `${line} --seed ${seed}`;
}

/** Cuts a text to so many characters, and marks that it was cut. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 3)}...`;
}
