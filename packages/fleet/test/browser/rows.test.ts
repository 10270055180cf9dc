/** The rows of the table: words of the search, filters, orders. */

import { expect, test } from 'vitest';

import { EVERYTHING, WORST_FIRST, chosenRows } from '../../src/browser/rows.ts';
import type { Column, Filter } from '../../src/browser/rows.ts';
import { rowOf } from './row.ts';

const ROWS = [
  rowOf({ host: 'uv10', firmware: '2.35', p99Us: 20, smoke: null }),
  rowOf({ host: 'uv2', firmware: '2.31', p99Us: 30 }),
  rowOf({ host: 'uv3', state: 'silent', detail: 'no answer within 10 s', firmware: null }),
  rowOf({ host: 'uv1', state: 'failed', p99Us: null, detail: 'latency slow' }),
];

const namesOf = (filter: Partial<Filter>, column: Column = 'host', isDescending = false) =>
  chosenRows(ROWS, { ...EVERYTHING, ...filter }, { column, isDescending }).map(({ host }) => host);

test('what is wrong comes first, then names in their natural order', () => {
  expect(chosenRows(ROWS, EVERYTHING, WORST_FIRST).map(({ host }) => host)).toEqual([
    ...['uv3', 'uv1', 'uv2', 'uv10'],
  ]);
});

test.each<[string, readonly string[]]>([
  ['', ['uv1', 'uv2', 'uv3', 'uv10']],
  ['UV1', ['uv1', 'uv10']],
  ['2.31', ['uv2']],
  ['silent', ['uv3']],
  ['answer  no', ['uv3']],
  ['uv1 slow', ['uv1']],
  ['nothing of it', []],
  ['.*', []],
])('the search for %j finds %j', (text, hosts) => {
  expect(namesOf({ text })).toEqual(hosts);
});

test('filters by state and by firmware', () => {
  expect(namesOf({ state: 'ok' })).toEqual(['uv2', 'uv10']);
  expect(namesOf({ firmware: '1/2 2.35' })).toEqual(['uv1', 'uv10']);
  expect(namesOf({ state: 'ok', firmware: '1/2 2.35' })).toEqual(['uv10']);
});

test.each<[Column, readonly string[], readonly string[]]>([
  ['host', ['uv1', 'uv2', 'uv3', 'uv10'], ['uv10', 'uv3', 'uv2', 'uv1']],
  ['p99', ['uv3', 'uv10', 'uv2', 'uv1'], ['uv2', 'uv10', 'uv3', 'uv1']],
  ['firmware', ['uv2', 'uv1', 'uv10', 'uv3'], ['uv1', 'uv10', 'uv2', 'uv3']],
])('sorted by %s, what has no value is last either way', (column, up, down) => {
  expect([namesOf({}, column), namesOf({}, column, true)]).toEqual([up, down]);
});
