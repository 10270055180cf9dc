/** The table of transactions that lines cost with ipmitool and with `ipmi-bt ipmitool`. */

import type { LineCost } from '../support/ipmitool-transactions.ts';
import { costRows, lineCosts } from '../support/ipmitool-transactions.ts';
import { programPath } from '../support/program-path.ts';

const HEAD = ['| command | `ipmi-bt ipmitool` | `ipmitool` | ratio |', '|---|---|---|---|'];

/** What the lines cost; nothing where ipmitool is not installed. */
export interface LineCosts {
  readonly lines: readonly LineCost[];
}

/** Counts them. */
export async function measureLines(): Promise<LineCosts> {
  return { lines: programPath('ipmitool') === undefined ? [] : await lineCosts() };
}

/** The table in Markdown, as `docs/performance.md` has it. */
export function linesText({ lines }: LineCosts): string {
  if (lines.length === 0) return 'transactions of lines: not counted, ipmitool is not installed\n';
  return [...HEAD, ...costRows(lines), ''].join('\n');
}
