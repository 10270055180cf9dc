/**
 * The matrix of firmware: a row for each source, a column for each property. Where the sources
 * disagree, the cells that are not what most say are marked, or all of them when none is in the
 * majority.
 */

import type { Matrix } from '../events.ts';
import type { RunView } from './html-run.ts';
import { markup, when } from './markup.ts';
import type { Markup } from './markup.ts';

/** Cells of a source that says nothing of the property. */
const SILENT = /^([-\u2013\u2014?]?|none|unknown|not (shown|read))$/i;

/** A remark behind a value, and the end of a range: no part of what sources agree on. */
const REMARK = /\s*\(.*\)$|(?<=0x[\da-f]+)-0x[\da-f]+/gi;

export function matrixSection({ checks }: RunView): Markup {
  const tables = checks.flatMap(({ id, matrix }) => {
    return matrix === undefined ? [] : [matrixTable(id, matrix)];
  });
  return when(
    tables.length > 0,
    () => markup`<section>
<h2>What firmware, kernel and registers say</h2>
${tables}</section>`,
  );
}

function matrixTable(id: string, { columns, rows }: Matrix): Markup {
  const differing = columns.map((_, at) => differingRows(rows.map(({ cells }) => cells[at] ?? '')));
  const count = differing.filter(({ size }) => size > 0).length;
  const says =
    count === 0
      ? 'All sources that name a property agree on it.'
      : 'Cells marked \u2260 disagree with the other sources.';
  return markup`<p class="muted">Check ${id}: ${says}</p>
<table class="matrix">
<thead><tr><th scope="col">Source</th>${columns.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${rows.map(
  ({ name, cells }, row) => markup`<tr><th scope="row">${name}</th>${columns.map((_, at) => {
    return cell(cells[at] ?? '', differing[at]?.has(row) === true);
  })}</tr>
`,
)}</tbody>
</table>
`;
}

function cell(text: string, differs: boolean): Markup {
  if (!differs) return markup`<td>${text}</td>`;
  return markup`<td class="differs">\u2260 ${text}<span class="hidden"> (disagrees)</span></td>`;
}

/** Rows of a column that disagree with what most of its rows say. */
export function differingRows(cells: readonly string[]): ReadonlySet<number> {
  const rows = new Map<string, number[]>();
  cells.forEach((text, row) => {
    const value = text.replace(REMARK, '').trim();
    if (!SILENT.test(value)) rows.set(value, [...(rows.get(value) ?? []), row]);
  });
  if (rows.size < 2) return new Set();
  const groups = [...rows.values()];
  const most = groups.reduce((all, one) => Math.max(all, one.length), 0);
  const leaders = groups.filter(({ length }) => length === most);
  return new Set(groups.filter((one) => leaders.length > 1 || one !== leaders[0]).flat());
}
