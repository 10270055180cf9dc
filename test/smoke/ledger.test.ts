/** The counters of the devices that a run has used. */

import { expect, test } from 'vitest';

import { newStatistics } from '../../src/driver/statistics.ts';
import { COUNTERS, note, takeTotals } from '../../src/smoke/ledger.ts';
import { Bench } from '../support/wire-bench.ts';

test('counters add up, each interface for itself, until they are taken', () => {
  const [one, other] = [new Bench().subject, new Bench().subject];
  note(one, { ...newStatistics(), staleReplies: 2, retries: 1, completeTransactions: 9 });
  note(one, { ...newStatistics(), staleReplies: 3, hosedCount: 1, orphans: 4 });

  const zeros = Object.fromEntries(COUNTERS.map((counter) => [counter, 0]));
  expect(takeTotals(other)).toEqual({ ...zeros, longestMs: 0 });
  expect(takeTotals(one)).toEqual({
    ...{ staleReplies: 5, longTimeouts: 0, retries: 1, hosedCount: 1, eventsMissed: 0 },
    longestMs: 0,
  });
  expect(takeTotals(one)).toMatchObject({ staleReplies: 0, retries: 0 });
});

test('the longest wait of all devices is kept', () => {
  const { subject } = new Bench();
  for (const maxUs of [20_000, 2_000_000, 10_000]) {
    note(subject, { ...newStatistics(), latency: { counts: [], maxUs } });
  }

  expect(takeTotals(subject).longestMs).toBe(2000);
  expect(takeTotals(subject).longestMs).toBe(0);
});
