/** Things that the fleet has in common, and those that are odd. */

import type { HostRow, HostState, SmokeRow } from '../page/messages.ts';
import { STATE_NAMES, STATES, byHost, firmwareKey } from './rows.ts';

/** Hosts with the same firmware. */
export interface FirmwareGroup {
  readonly key: string;
  readonly product: string;
  readonly firmware: string;
  readonly count: number;
  /** One of few among the hosts of the same product. */
  readonly isOdd: boolean;
}

/** Up to this share of the hosts of a product is odd. */
const ODD_SHARE = 0.1;

/** The number of hosts in each state. */
export function stateCounts(rows: Iterable<HostRow>): Readonly<Record<HostState, number>> {
  const counts = { silent: 0, trouble: 0, failed: 0, waiting: 0, ok: 0 };
  for (const { state } of rows) counts[state] += 1;
  return counts;
}

/** The groups, the smallest first: the odd one out is what is looked for. */
export function firmwareGroups(rows: Iterable<HostRow>): readonly FirmwareGroup[] {
  const counts = new Map<string, { product: string; firmware: string; count: number }>();
  const products = new Map<string, number>();
  for (const row of rows) {
    const { product, firmware } = row;
    const key = firmwareKey(row);
    if (key === null || product === null || firmware === null) continue;
    const group = counts.get(key) ?? { product, firmware, count: 0 };
    counts.set(key, { ...group, count: group.count + 1 });
    products.set(product, (products.get(product) ?? 0) + 1);
  }
  return [...counts]
    .map(([key, group]) => {
      const all = products.get(group.product) ?? 0;
      return { key, ...group, isOdd: group.count <= ODD_SHARE * all };
    })
    .sort((a, b) => a.count - b.count || (a.key < b.key ? -1 : 1));
}

/** The hosts with the slowest answers of their BMCs, the slowest first. */
export function slowestRows(rows: Iterable<HostRow>, most: number): readonly HostRow[] {
  const time = ({ p99Us }: HostRow): number => p99Us ?? 0;
  return [...rows]
    .filter(({ p99Us }) => p99Us !== null)
    .sort((a, b) => time(b) - time(a) || (b.maxUs ?? 0) - (a.maxUs ?? 0) || byHost(a, b))
    .slice(0, most);
}

/** The number of verdicts of each kind, and the rows that did not pass, failures first. */
export function smokeSummary(rows: Iterable<HostRow>) {
  const counts: Record<SmokeRow['verdict'], number> = { fail: 0, unknown: 0, pass: 0 };
  const wrong: HostRow[] = [];
  for (const row of rows) {
    if (row.smoke === null) continue;
    counts[row.smoke.verdict] += 1;
    if (row.smoke.verdict !== 'pass') wrong.push(row);
  }
  const isUnknown = ({ smoke }: HostRow): number => Number(smoke?.verdict === 'unknown');
  wrong.sort((a, b) => isUnknown(a) - isUnknown(b) || byHost(a, b));
  return { counts, wrong };
}

/** Hosts that changed their state, in words for a reader of the live region; empty for none. */
export function changesText(changes: ReadonlyMap<string, HostState>): string {
  const few = 3;
  if (changes.size <= few) {
    return [...changes].map(([host, state]) => `${host}: ${STATES[state]}`).join(', ');
  }
  const counts = new Map<HostState, number>();
  for (const state of changes.values()) counts.set(state, (counts.get(state) ?? 0) + 1);
  const parts = STATE_NAMES.flatMap((state) => {
    const count = counts.get(state);
    return count === undefined ? [] : [`${count} ${STATES[state]}`];
  });
  return `${changes.size} hosts changed: ${parts.join(', ')}`;
}
