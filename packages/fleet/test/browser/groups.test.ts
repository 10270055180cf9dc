/** Things that the fleet has in common, and those that are odd. */

import { expect, test } from 'vitest';

import { changesText, firmwareGroups, slowestRows } from '../../src/browser/groups.ts';
import { smokeSummary, stateCounts } from '../../src/browser/groups.ts';
import type { HostState, SmokeRow } from '../../src/page/messages.ts';
import { rowOf } from './row.ts';

const many = (count: number, row: object) =>
  Array.from({ length: count }, (_, at) => rowOf({ host: `h${at}`, ...row }));

test('firmware versions are counted by product, the rarest first, and a few of many are odd', () => {
  const rows = [
    ...[...many(97, {}), ...many(3, { firmware: '2.31' })],
    ...[...many(2, { product: '3/4', firmware: '1.00' }), ...many(5, { firmware: null })],
  ];

  expect(firmwareGroups(rows).map(({ key, count, isOdd }) => [key, count, isOdd])).toEqual([
    ['3/4 1.00', 2, false],
    ['1/2 2.31', 3, true],
    ['1/2 2.35', 97, false],
  ]);
});

test('every state has its number, none is 0', () => {
  expect(stateCounts([...many(2, {}), rowOf({ host: 'x', state: 'silent' })])).toEqual({
    ...{ silent: 1, trouble: 0, failed: 0, waiting: 0, ok: 2 },
  });
});

test('the slowest come first; equal ones by their longest answer, then by name', () => {
  const rows = [
    rowOf({ host: 'a', p99Us: 10, maxUs: 50 }),
    rowOf({ host: 'b', p99Us: null, maxUs: null }),
    rowOf({ host: 'd', p99Us: 10, maxUs: 90 }),
    rowOf({ host: 'c', p99Us: 10, maxUs: 90 }),
    rowOf({ host: 'e', p99Us: 70, maxUs: 80 }),
  ];

  expect(slowestRows(rows, 4).map(({ host }) => host)).toEqual(['e', 'c', 'd', 'a']);
  expect(slowestRows(rows, 1)).toHaveLength(1);
});

test('verdicts are counted, and those that did not pass listed, failures first', () => {
  const smoke = (verdict: SmokeRow['verdict']) => ({ smoke: { verdict, line: '', atMs: 0 } });
  const { counts, wrong } = smokeSummary([
    ...many(4, {}),
    rowOf({ host: 'u', ...smoke('unknown') }),
    rowOf({ host: 'z', ...smoke('fail') }),
    rowOf({ host: 'n', smoke: null }),
  ]);

  expect(counts).toEqual({ pass: 4, fail: 1, unknown: 1 });
  expect(wrong.map(({ host }) => host)).toEqual(['z', 'u']);
});

test('a few changes are told by name, and many by number', () => {
  const changes = (count: number, state: HostState) =>
    Array.from({ length: count }, (_, at) => [`${state}${at}`, state] as const);

  expect(changesText(new Map())).toBe('');
  expect(changesText(new Map(changes(2, 'silent')))).toBe('silent0: silent, silent1: silent');
  expect(changesText(new Map([...changes(9, 'ok'), ...changes(3, 'silent')]))).toBe(
    '12 hosts changed: 3 silent, 9 ok',
  );
});
