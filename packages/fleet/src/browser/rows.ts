/** The rows of the table: which are shown, and in which order. */

import type { HostRow, HostState } from '../page/messages.ts';

/** The states with their words, the worst first. */
export const STATES: Readonly<Record<HostState, string>> = {
  silent: 'silent',
  trouble: 'BMC trouble',
  failed: 'smoke failed',
  waiting: 'not asked yet',
  ok: 'ok',
};

export const STATE_NAMES = Object.keys(STATES) as readonly HostState[];

/** Columns by which the table is sorted. */
export type Column =
  'host' | 'state' | 'since' | 'firmware' | 'p99' | 'max' | 'losses' | 'smoke' | 'detail';

/** The choice of rows. Null and an empty text choose all. */
export interface Filter {
  readonly text: string;
  readonly state: HostState | null;
  /** Product and firmware, as {@link firmwareKey} has them. */
  readonly firmware: string | null;
}

export interface Sort {
  readonly column: Column;
  readonly isDescending: boolean;
}

export const EVERYTHING: Filter = { text: '', state: null, firmware: null };

/** The rows that are wrong come first. */
export const WORST_FIRST: Sort = { column: 'state', isDescending: false };

/** Numbers in names compare by value. */
const NAMES = new Intl.Collator('en', { numeric: true });

const NO_SMOKE = 3;
const VERDICTS = { fail: 0, unknown: 1, pass: 2 } as const;

/** The natural order of the names of hosts. */
export function byHost(a: HostRow, b: HostRow): number {
  return NAMES.compare(a.host, b.host);
}

/** A value to compare by; undefined is last in both directions. */
type Value = string | number | undefined;

const VALUES: Readonly<Record<Column, (row: HostRow) => Value>> = {
  host: ({ host }) => host,
  state: ({ state }) => STATE_NAMES.indexOf(state),
  since: ({ sinceMs }) => sinceMs,
  firmware: (row) => firmwareKey(row) ?? undefined,
  p99: ({ p99Us }) => p99Us ?? undefined,
  max: ({ maxUs }) => maxUs ?? undefined,
  losses: ({ losses }) => losses ?? undefined,
  smoke: ({ smoke }) => (smoke === null ? NO_SMOKE : VERDICTS[smoke.verdict]),
  detail: ({ detail }) => (detail === '' ? undefined : detail),
};

/** Product and firmware in one text; null until they are known. */
export function firmwareKey({
  product,
  firmware,
}: Pick<HostRow, 'product' | 'firmware'>): string | null {
  return product === null || firmware === null ? null : `${product} ${firmware}`;
}

/** The rows that the filter chooses, in the order of the sort and then by name. */
export function chosenRows(
  rows: Iterable<HostRow>,
  filter: Filter,
  { column, isDescending }: Sort,
): readonly HostRow[] {
  const valueOf = VALUES[column];
  const words = wordsOf(filter.text);
  const sign = isDescending ? -1 : 1;
  return [...rows]
    .filter((row) => isChosen(row, filter, words))
    .map((row) => ({ row, value: valueOf(row) }))
    .sort((a, b) => compare(a.value, b.value, sign) || byHost(a.row, b.row))
    .map(({ row }) => row);
}

function isChosen(row: HostRow, { state, firmware }: Filter, words: readonly string[]): boolean {
  if (state !== null && row.state !== state) return false;
  if (firmware !== null && firmwareKey(row) !== firmware) return false;
  if (words.length === 0) return true;
  const texts = [row.host, STATES[row.state], firmwareKey(row), row.detail, row.smoke?.line];
  const text = texts.join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

function compare(a: Value, b: Value, sign: number): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
  return sign * NAMES.compare(String(a), String(b));
}
