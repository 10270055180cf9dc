/**
 * Lays out bytes and tables for standard output. Scripts parse these lines: they do not change, and
 * hold no colour, time or pid.
 */

import type { LossReason } from '../index.ts';
import { shownLine } from '../shown.ts';

/** An option of the library in the text of an error, and the name it has on the command line. */
const OPTION = /the option (takeover: 'force'|\w+)/g;

const BYTES_A_LINE = 16;

/** Label width of `ipmitool mc info`. */
const LABEL_WIDTH = 26;

/** Names the options in a text as the command line does. */
export function inFlags(text: string): string {
  return text.replace(OPTION, (_, name: string) =>
    name.startsWith('takeover:') ? '--force' : flagOf(name),
  );
}

/** The command line's name of an option: `--poll-ms` for `pollMs`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The line for a BMC that is lost. */
export function lossText(reason: LossReason): string {
  if (reason === 'server') return 'the server has ended; ipmi-bt is looking for the next one';
  return `the BMC is lost (${reason}); ipmi-bt is looking for it`;
}

/** Two lower-case hex digits. */
export function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0');
}

/** A byte as it stands in a line, made when it is first seen: a reply is a lookup for each. */
const WORDS: string[] = [];

function wordOf(value: number): string {
  return (WORDS[value] ??= ` ${hexByte(value)}`);
}

/** Bytes as `ipmitool raw` prints them: a space before each, 16 a line, a newline at the end. */
export function rawLines(data: Uint8Array): string {
  let text = '';
  for (let index = 0; index < data.length; index += 1) {
    if (index > 0 && index % BYTES_A_LINE === 0) text += '\n';
    text += wordOf(data[index] ?? 0);
  }
  return `${text}\n`;
}

/** A value of a table; `unknown` where the BMC has not told it. */
export function known(value: string | number | boolean | null): string {
  return value === null ? 'unknown' : String(value);
}

/** Rows of `label : value`, the labels padded to one width. No value steers a terminal. */
export function table(
  rows: readonly (readonly [label: string, value: string])[],
  width = LABEL_WIDTH,
): string {
  return rows.map(([label, value]) => `${label.padEnd(width)}: ${shownLine(value)}\n`).join('');
}

/** A JSON object on one line, headed by its schema's name and version. */
export function jsonLine(schema: string, fields: object): string {
  return `${JSON.stringify({ schema: `ipmi-bt/${schema}`, version: 1, ...fields })}\n`;
}

/** Columns under their titles, each as wide as its widest cell. No cell steers a terminal. */
export function columns(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [titles, ...rows.map((row) => row.map(shownLine))];
  const widths = titles.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
  const lines = all.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
