/** Numbers and durations in words. */

import { expect, test } from 'vitest';

import {
  boundsText,
  counted,
  durationText,
  numberText,
  quantity,
  timeText,
} from '../../../src/smoke/report/html-words.ts';

test.each([
  [0, '0'],
  [9.95123, '9.951'],
  [0.000123456, '0.0001235'],
  [1.5e-9, '1.50e-9'],
  [1040.7, '1,041'],
  [20_261_129, '20,261,129'],
  [123_456.789, '123,457'],
  [-2.5, '-2.5'],
  [Number.NaN, 'NaN'],
])('the number %d is %s', (value, text) => {
  expect(numberText(value)).toBe(text);
});

test('a unit stands behind its number, a count has none', () => {
  expect(quantity(3, '1')).toBe('3');
  expect(quantity(3, 'us')).toBe('3 \u00b5s');
  expect(quantity(3, 'By')).toBe('3 bytes');
  expect(quantity(3, 'ms')).toBe('3 ms');
  expect(quantity(3, 'constructor')).toBe('3 constructor');
});

test.each([
  [4.04, '4 ms'],
  [99.9, '99.9 ms'],
  [350, '0.3 s'],
  [18_400, '18.4 s'],
  [200_000, '3 min 20 s'],
  [28_800_000, '8 h 0 min'],
])('%d ms are %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test('bounds are words', () => {
  expect(boundsText({})).toBe('');
  expect(boundsText({ most: 50 })).toBe('at most 50');
  expect(boundsText({ least: 1 })).toBe('at least 1');
  expect(boundsText({ least: 1, most: 2 })).toBe('1 to 2');
  expect(boundsText({ least: 1, most: 1 })).toBe('must be 1');
  expect(boundsText({ most: 1200 })).toBe('at most 1,200');
});

test('one thing is no plural, and a time is shown to the second', () => {
  expect(counted(1, 'check')).toBe('1 check');
  expect(counted(0, 'check')).toBe('0 checks');
  expect(timeText('2026-11-29T08:24:31.123Z')).toBe('2026-11-29 08:24:31 UTC');
  expect(timeText('<then>')).toBe('<then>');
});
