/** All faults, and the table of them in `docs/faults.md`. */

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

/** A further fault is a further entry of one of these lists. */
export const FAULTS: readonly Sabotage[] = [
  ...[WIRE_FAULTS, BMC_FAULTS, HOST_FAULTS, COMMAND_FAULTS, APPLY_FAULTS, SMOKE_FAULTS],
  ...[BROKER_FAULTS, SERVED_FAULTS, DEVICE_FILE_FAULTS],
].flat();

/** The table is between these two lines of `docs/faults.md`. */
export const TABLE_BEGINS = '<!-- sabotage: begins -->';
export const TABLE_ENDS = '<!-- sabotage: ends -->';

/** The table in Markdown; a fault in a row. */
export function tableOf(faults: readonly Sabotage[]): string {
  const rows = faults.map(({ what, test, title, needs }) => {
    const place = needs === 'guest' ? ' (guest)' : '';
    return `| ${what} | \`${test.slice('test/'.length)}\`: ${title.trim()}${place} |`;
  });
  return ['| fault | noticed by |', '|---|---|', ...rows].join('\n');
}

/** The text with this table in the place of its own. Throws when it has no place for one. */
export function withTable(text: string, table: string): string {
  const [before, rest = ''] = text.split(TABLE_BEGINS);
  const [, after] = rest.split(TABLE_ENDS);
  if (before === undefined || after === undefined) throw new Error('no place for the table');
  return `${before}${TABLE_BEGINS}\n\n${table}\n\n${TABLE_ENDS}${after}`;
}
