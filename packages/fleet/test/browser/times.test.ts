/** Times with their zone, and durations. */

import { expect, test } from 'vitest';

import { Times, aheadText, durationText, periodText } from '../../src/browser/times.ts';

const NOON_MS = Date.UTC(2026, 10, 30, 12, 3, 5);
const DAY_MS = 86_400_000;

test.each([
  ['UTC', 0, '12:03:05 UTC'],
  ['Europe/Berlin', 0, '13:03:05 CET'],
  ['UTC', DAY_MS, '2026-11-30 12:03:05 UTC'],
  ['Asia/Tokyo', 12_000_000, '2026-11-30 21:03:05 GMT+9'],
])('in %s, %d ms later: %s', (zone, laterMs, text) => {
  expect(new Times(zone).text(NOON_MS, NOON_MS + laterMs)).toBe(text);
});

test.each([
  [0, '0 µs'],
  [999, '999 µs'],
  [1500, '1.5 ms'],
  [9970, '10 ms'],
  [16_384, '16 ms'],
  [2_100_000, '2.1 s'],
  [60_000_000, '60 s'],
])('%d µs: %s', (us, text) => {
  expect(durationText(us)).toBe(text);
});

test.each([
  [5000, '5 s'],
  [30_000, '30 s'],
  [90_000, '90 s'],
  [300_000, '5 min'],
  [7_200_000, '2 h'],
])('a period of %d ms: %s', (ms, text) => {
  expect(periodText(ms)).toBe(text);
});

test.each([
  [-3_600_000, ''],
  [9000, ''],
  [42_000, ' (42 s ahead of this server)'],
  [600_000, ' (10 min ahead of this server)'],
  [3 * 3_600_000 + 5000, ' (3 h ahead of this server)'],
  [2 * 86_400_000, ' (2 d ahead of this server)'],
])('a clock that is ahead by %d ms is told: %j', (ms, text) => {
  expect(aheadText(ms)).toBe(text);
});
