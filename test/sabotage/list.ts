/** All faults, and the tables of them in `docs/faults.md`. */

import { APPLY_FAULTS } from './faults-apply.ts';
import { BMC_FAULTS } from './faults-bmc.ts';
import { BROKER_FAULTS } from './faults-broker.ts';
import { COMMAND_FAULTS } from './faults-commands.ts';
import { DEVICE_FILE_FAULTS } from './faults-device-file.ts';
import { HOST_FAULTS } from './faults-host.ts';
import { SERVED_FAULTS } from './faults-served.ts';
import { SMOKE_FAULTS } from './faults-smoke.ts';
import { WIRE_FAULTS } from './faults-wire.ts';
import type { Sabotage } from './sabotage.ts';

/** Those of which docs/faults.md has each. */
const TOLD: readonly Sabotage[] = [...WIRE_FAULTS, ...BMC_FAULTS, ...HOST_FAULTS];

/** Those of which it has the number, because the package has the document, and is to stay small. */
const COUNTED: readonly Sabotage[] = [
  ...[COMMAND_FAULTS, APPLY_FAULTS, SMOKE_FAULTS],
  ...[BROKER_FAULTS, SERVED_FAULTS, DEVICE_FILE_FAULTS],
].flat();

/** A further fault is a further entry of one of these lists. */
export const FAULTS: readonly Sabotage[] = [...TOLD, ...COUNTED];

/** The table is between these two lines of `docs/faults.md`. */
export const TABLE_BEGINS = '<!-- sabotage: begins -->';
export const TABLE_ENDS = '<!-- sabotage: ends -->';

/** Both tables in Markdown: a fault in a row, and the number of them in each folder. */
export function tables(): string {
  const words = 'The others are told in `test/sabotage/`:';
  return [tableOf(TOLD), words, countsOf(COUNTED)].join('\n\n');
}

function countsOf(faults: readonly Sabotage[]): string {
  const counts = new Map<string, number>();
  for (const { file } of faults) {
    const folder = file.split('/').slice(0, -1).join('/');
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const rows = [...counts].sort().map(([folder, count]) => `| \`${folder}/\` | ${count} |`);
  return ['| faults in | number |', '|---|---|', ...rows].join('\n');
}

function tableOf(faults: readonly Sabotage[]): string {
  const rows = faults.map(({ what, test, title, needs }) => {
    const place = needs === 'guest' ? ' (guest)' : '';
    return `| ${what} | \`${test.slice('test/'.length)}\`: ${title.trim()}${place} |`;
  });
  return ['| fault | noticed by |', '|---|---|', ...rows].join('\n');
}

/** The text with these tables in the place of its own. Throws when it has no place for one. */
export function withTables(text: string, all: string): string {
  const [before, rest = ''] = text.split(TABLE_BEGINS);
  const [, after] = rest.split(TABLE_ENDS);
  if (before === undefined || after === undefined) throw new Error('no place for the table');
  return `${before}${TABLE_BEGINS}\n\n${all}\n\n${TABLE_ENDS}${after}`;
}
