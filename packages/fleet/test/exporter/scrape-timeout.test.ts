/** The time of a scrape by the header of Prometheus. */

import { expect, test } from 'vitest';

import { budgetMsOf } from '../../src/exporter/scrape-timeout.ts';

const TIMES = { timeoutS: 10, marginS: 0.5 };

test.each([
  [undefined, 9500],
  ['10', 9500],
  ['3.000000', 2500],
  ['0.6', 300],
  ['1e9', 299_500],
])('%j leaves %d ms', (header, expected) => {
  expect(budgetMsOf(header, TIMES)).toBe(expected);
});

test.each(['', ' ', '0', '-1', 'ten', '1s', 'Infinity', 'NaN'])('%j is no time', (header) => {
  expect(budgetMsOf(header, TIMES)).toBeUndefined();
});
