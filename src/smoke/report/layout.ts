/** Lays out text in at most 100 columns: paragraphs, paragraphs behind a label, tables. */

import { oneLine } from './words.ts';

/** Width of a report. */
export const COLUMNS_MAX = 100;

/** Space between two columns of a table. */
const GAP = 2;

/** Breaks a text at spaces; a word that is longer than a line stays whole. */
export function wrapped(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(text).split(/ +/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > COLUMNS_MAX) {
      lines.push(`${indent}${line}`);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, `${indent}${line}`];
}

/** The same behind a label; the lines after the first are indented two columns more. */
export function labelled(label: string, text: string, indent: string): readonly string[] {
  const deeper = `${indent}  `;
  const [first, ...others] = wrapped(`${label}${text}`, deeper);
  return first === undefined ? [] : [`${indent}${first.trimStart()}`, ...others];
}

/** A table of cells without headline, each column as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[], indent: string): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  return rows.map((row) => {
    const cells = row.map((cell, at) => cell.padEnd((widths[at] ?? 0) + GAP));
    return `${indent}${cells.join('')}`.trimEnd();
  });
}
