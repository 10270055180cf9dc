/** Bins, axes and percentiles of measured series. */

import { describe, expect, test } from 'vitest';

import { histogramOf, niceStep, placeOn, summaryOf } from '../../../src/smoke/report/histogram.ts';
import type { Histogram } from '../../../src/smoke/report/histogram.ts';
import { nonEmpty, offenders } from '../../support/lists.ts';
import { latencies } from '../../support/smoke-page-run.ts';

function drawn(...series: readonly (readonly number[])[]): Histogram {
  const histogram = histogramOf(series);
  if (histogram === undefined) throw new Error('there is no histogram');
  return histogram;
}

function total(counts: readonly number[] | undefined): number {
  return (counts ?? []).reduce((sum, count) => sum + count, 0);
}

describe('a summary', () => {
  test('has percentiles that are values themselves', () => {
    const values = Array.from({ length: 100 }, (_, at) => 100 - at);

    expect(summaryOf(values)).toEqual({
      count: 100,
      least: 1,
      p50: 50,
      p90: 90,
      p99: 99,
      most: 100,
    });
  });

  test('of one value is that value', () => {
    expect(summaryOf([7])).toEqual({ count: 1, least: 7, p50: 7, p90: 7, p99: 7, most: 7 });
  });

  test('leaves out what is no number, and there is none of nothing', () => {
    expect(summaryOf([Number.NaN, 2, Infinity])).toMatchObject({ count: 1, most: 2 });
    expect(summaryOf([])).toBeUndefined();
    expect(summaryOf([Number.NaN])).toBeUndefined();
  });
});

describe('a histogram', () => {
  test.each<readonly [string, readonly number[]]>([
    ['equal values', [5, 5, 5]],
    ['zeros', [0, 0]],
    ['one value', [1e-5]],
    ['values of both signs', [-3, 0, 4]],
    ['a value far above the rest', [1, 1, 1, 1, 900]],
    ['zero on a logarithmic axis', [0, 1, 1, 1, 900]],
    ['values of a power of ten', [1, 1, 1, 10, 100, 1000]],
    ['large values close together', [1e9, 1e9 + 1, 1e9 + 2]],
    ['many decades', [1, 1, 1e12]],
  ])('counts each of %s once, in bins whose edges rise', (_, values) => {
    const { edges, counts, ticks } = drawn(values);

    expect(total(counts[0])).toBe(values.length);
    expect(edges).toHaveLength((counts[0]?.length ?? 0) + 1);
    expect(edges.length).toBeLessThanOrEqual(101);
    expect(offenders(edges, (edge, at) => at > 0 && !(edge > (edges[at - 1] ?? NaN)))).toEqual([]);
    expect(ticks.length).toBeLessThanOrEqual(10);
  });

  test('puts a value into the bin between whose edges it is', () => {
    const { edges, counts, isLogarithmic } = drawn([0, 1, 2, 3, 10, 20]);
    const bins = (counts[0] ?? []).flatMap((count, at) => (count > 0 ? [[edges[at], count]] : []));

    expect(isLogarithmic).toBe(true);
    expect(total(counts[0])).toBe(6);
    expect(bins.at(-1)?.[1]).toBe(1);
    expect(drawn([1, 1, 2]).edges.slice(0, 3)).toEqual([1, 1.05, 1.1]);
  });

  test('has a linear axis with round ticks for values near each other', () => {
    const { isLogarithmic, ticks } = drawn([9, 10, 10, 11, 12]);

    expect(isLogarithmic).toBe(false);
    expect(ticks.map(({ label }) => label)).toEqual(['9', '9.5', '10', '10.5', '11', '11.5', '12']);
  });

  test('has a logarithmic axis with round ticks where a few are far off', () => {
    const { isLogarithmic, ticks } = drawn([...latencies(1), 1040.7]);

    expect(isLogarithmic).toBe(true);
    expect(ticks.map(({ label }) => label)).toEqual([
      ...['10', '20', '50', '100', '200', '500', '1,000'],
    ]);
  });

  test('shows two series in the same bins', () => {
    const { counts } = drawn([10, 11], [5, 20, 20]);

    expect(counts.map(total)).toEqual([2, 3]);
    expect(counts[0]).toHaveLength(counts[1]?.length ?? 0);
  });

  test('is undefined without a number', () => {
    expect(histogramOf([[], [Number.NaN]])).toBeUndefined();
  });

  test('places a value between its edges, and one beyond at the end', () => {
    for (const histogram of nonEmpty([drawn([0, 10]), drawn([1, 1, 1, 1000])])) {
      const { edges } = histogram;
      const [last, third] = [edges.length - 1, edges[3] ?? NaN];

      expect(placeOn(histogram, third)).toBeCloseTo(3, 6);
      expect(placeOn(histogram, 1e9)).toBe(last);
      expect(placeOn(histogram, edges[0] ?? NaN)).toBe(0);
    }
  });
});

test.each([
  [0.3, 0.5],
  [1, 1],
  [1.1, 2],
  [2.1, 2.5],
  [3, 5],
  [7, 10],
  [1200, 2000],
])('the step %d becomes %d', (step, nice) => {
  expect(niceStep(step)).toBe(nice);
});
