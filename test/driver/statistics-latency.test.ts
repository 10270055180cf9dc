/** The histogram of answers: which bucket a time falls into, and what can be told from it. */

import { describe, expect, test } from 'vitest';

import { countLatency, newLatency, percentileUs } from '../../src/driver/statistics.ts';
import type { Latency } from '../../src/driver/statistics.ts';

function latencyOf(...allMs: readonly number[]): Latency {
  const latency = newLatency();
  for (const ms of allMs) countLatency(latency, ms);
  return latency;
}

function bucketOf(us: number): number {
  return latencyOf(us / 1000).counts.indexOf(1);
}

describe('a bucket ends below a power of two microseconds:', () => {
  test.each([
    [0, 0],
    [0.9, 0],
    [1, 1],
    [1.99, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [1000, 10],
    [1024, 11],
    [1_000_000, 20],
    [60_000_000, 26],
  ])('%d us falls into bucket %d', (us, bucket) => {
    expect(bucketOf(us)).toBe(bucket);
  });

  test('every power of two begins a bucket, and the last has no end', () => {
    const buckets = Array.from({ length: 60 }, (_, power) => bucketOf(2 ** power));

    expect(buckets).toEqual(Array.from({ length: 60 }, (_, power) => Math.min(power + 1, 27)));
    expect(bucketOf(Infinity)).toBe(27);
  });
});

test('memory does not grow', () => {
  const latency = latencyOf(...Array.from({ length: 10_000 }, (_, index) => index));

  expect(latency.counts).toHaveLength(newLatency().counts.length);
  expect(latency.counts.reduce((sum, count) => sum + count)).toBe(10_000);
  expect(latency.maxUs).toBe(9_999_000);
});

describe('a percentile', () => {
  test('is the end of the bucket it lies in', () => {
    const latency = latencyOf(...Array<number>(90).fill(0.1), ...Array<number>(10).fill(5));

    expect(percentileUs(latency, 50)).toBe(128);
    expect(percentileUs(latency, 90)).toBe(128);
    expect(percentileUs(latency, 91)).toBe(5000);
  });

  test('is never above the longest', () => {
    expect(percentileUs(latencyOf(0.07), 50)).toBeCloseTo(70);
  });

  test('is 0 when nothing was answered', () => {
    expect(percentileUs(newLatency(), 99)).toBe(0);
  });
});
