/** The table of hosts, which the buttons of its headings sort. */

import type { HostRow } from '../page/messages.ts';
import { KeyedList, byId, make, setText } from './dom.ts';
import { STATES, WORST_FIRST } from './rows.ts';
import type { Column, Sort } from './rows.ts';
import { durationText } from './times.ts';

/** Texts of times, as the page has them now. */
export type TimeText = (atMs: number) => string;

/** Rows in the page at most; more are found by the search. */
export const ROWS_MAX = 2000;

/** Columns for which the greatest is what is looked for. */
const GREATEST_FIRST: readonly Column[] = ['since', 'p99', 'max', 'losses'];

const NOTHING = '–';

const HEADINGS: readonly (readonly [column: Column, text: string, title: string])[] = [
  ['host', 'Host', 'Name of the host'],
  ['state', 'State', 'The worst that is known'],
  ['since', 'Since', 'The state began'],
  ['firmware', 'Firmware', 'Firmware of the BMC'],
  ['p99', 'p99', '99 of 100 answers of the BMC took no longer, since its agent started'],
  ['max', 'Longest', 'The longest answer of the BMC since its agent started'],
  ['losses', 'Lost', 'Times that the BMC was lost, since its agent started'],
  ['smoke', 'Smoke', 'The last smoke test'],
  ['detail', 'Detail', 'The reason of the state'],
];

export class HostTable {
  readonly #list: KeyedList<HostRow, HTMLTableRowElement>;
  readonly #headings = new Map<Column, HTMLTableCellElement>();
  readonly #onSort: () => void;
  sort: Sort = WORST_FIRST;

  constructor(timeText: TimeText, onSort: () => void) {
    this.#onSort = onSort;
    byId('headings').append(...HEADINGS.map((heading) => this.#heading(...heading)));
    this.#list = new KeyedList<HostRow, HTMLTableRowElement>(byId('rows'), {
      keyOf: ({ host }) => host,
      create: ({ host }) => newRow(host),
      update: (row, item) => {
        fillRow(row, item, timeText);
      },
    });
    this.#showSort();
  }

  /** Shows these rows, up to the limit. */
  show(rows: readonly HostRow[]): void {
    this.#list.show(rows.slice(0, ROWS_MAX));
  }

  #heading(column: Column, text: string, title: string): HTMLTableCellElement {
    const button = make('button', { text, attributes: { type: 'button', title } });
    button.addEventListener('click', () => {
      this.#sortBy(column);
    });
    const heading = make('th', { attributes: { scope: 'col' }, class: column, parts: [button] });
    this.#headings.set(column, heading);
    return heading;
  }

  #sortBy(column: Column): void {
    const isSame = this.sort.column === column;
    const isDescending = isSame ? !this.sort.isDescending : GREATEST_FIRST.includes(column);
    this.sort = { column, isDescending };
    this.#showSort();
    this.#onSort();
  }

  #showSort(): void {
    const { column, isDescending } = this.sort;
    for (const [name, heading] of this.#headings) {
      if (name !== column) heading.removeAttribute('aria-sort');
      else heading.setAttribute('aria-sort', isDescending ? 'descending' : 'ascending');
    }
  }
}

function newRow(host: string): HTMLTableRowElement {
  const name = make('th', { class: 'host', text: host, attributes: { scope: 'row' } });
  const cells = HEADINGS.slice(1).map(([column]) => make('td', { class: column }));
  return make('tr', { parts: [name, ...cells] });
}

function fillRow(row: HTMLTableRowElement, item: HostRow, timeText: TimeText): void {
  const { state, smoke, product } = item;
  if (row.className !== state) row.className = state;
  const texts: Readonly<Record<Column, string>> = {
    ...{ host: item.host, state: STATES[state], since: timeText(item.sinceMs) },
    firmware: item.firmware ?? NOTHING,
    p99: item.p99Us === null ? NOTHING : durationText(item.p99Us),
    max: item.maxUs === null ? NOTHING : durationText(item.maxUs),
    losses: item.losses === null ? NOTHING : String(item.losses),
    ...{ smoke: smoke?.verdict ?? NOTHING, detail: detailOf(item, timeText) },
  };
  for (const [at, [column]] of HEADINGS.entries()) {
    const cell = row.cells[at];
    if (cell !== undefined) setText(cell, texts[column]);
  }
  setTitle(row, 'firmware', product === null ? '' : `manufacturer/product ${product}`);
  setTitle(row, 'smoke', smoke === null ? '' : `${timeText(smoke.atMs)}: ${smoke.line}`);
  cellOf(row, 'smoke')?.setAttribute('data-verdict', smoke?.verdict ?? 'none');
}

/** A host that is silent has its last answer beside the reason. */
function detailOf({ detail, seenMs }: HostRow, timeText: TimeText): string {
  return seenMs === null ? detail : `${detail}; last answer ${timeText(seenMs)}`;
}

function setTitle(row: HTMLTableRowElement, column: Column, title: string): void {
  const cell = cellOf(row, column);
  if (cell !== undefined && cell.title !== title) cell.title = title;
}

function cellOf(row: HTMLTableRowElement, column: Column): HTMLTableCellElement | undefined {
  return row.cells[HEADINGS.findIndex(([name]) => name === column)];
}
