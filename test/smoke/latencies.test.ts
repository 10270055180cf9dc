/** Percentiles of response times. */

import { expect, test } from 'vitest';

import { summarize } from '../../src/smoke/latencies.ts';

test('half of the times, 99 of 100, and the longest', () => {
  const times = Array.from({ length: 200 }, (_, at) => 10 + at / 100);

  const { p50Ms, p99Ms, maxMs } = summarize([...times, 1040.7]);

  expect(p50Ms).toBeCloseTo(11, 1);
  expect(p99Ms).toBeCloseTo(12, 1);
  expect(maxMs).toBeCloseTo(1040.7, 0);
});

test('a time too short for a histogram counts as a microsecond, and none as nothing', () => {
  expect(summarize([0])).toEqual({ p50Ms: 0.001, p99Ms: 0.001, maxMs: 0.001 });
  expect(summarize([])).toEqual({ p50Ms: 0, p99Ms: 0, maxMs: 0 });
});
