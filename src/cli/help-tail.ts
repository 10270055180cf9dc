/** The end of a command's help: notes, examples and exit codes, from its specification. */

import type { Grammar } from './spec.ts';

const PROGRAM = 'ipmi-bt';
const EXIT_COLUMNS = 3;

/** Returns the text that follows the options in the help of `spec`. */
export function helpTail({ notes = '', examples = [], exitCodes = {} }: Grammar): string {
  const exits = Object.entries(exitCodes).map(
    ([code, meaning]) => `  ${code.padEnd(EXIT_COLUMNS)}  ${meaning}`,
  );
  const sections = [
    notes,
    section(
      'Examples:',
      examples.map(({ line, help }) => `  ${PROGRAM} ${line}\n      ${help}`),
    ),
    section('Exit codes:', exits),
  ];
  return sections
    .filter((text) => text !== '')
    .map((text) => `\n${text}`)
    .join('\n');
}

function section(title: string, rows: readonly string[]): string {
  return rows.length === 0 ? '' : [title, ...rows].join('\n');
}
