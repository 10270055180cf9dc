/** Numbers as C writes and reads them. */

import { describe, expect, test } from 'vitest';

import { cString, decimal, fixed } from '../../../src/cli/ipmitool/c-text.ts';

describe('a number with digits behind the point', () => {
  test.each([
    [0.125, 2, '0.12'],
    [0.375, 2, '0.38'],
    [2.5, 0, '2'],
    [-3.5, 0, '-4'],
    [1.005, 2, '1.00'],
    [-0, 2, '-0.00'],
    [1e22, 1, '10000000000000000000000.0'],
    [NaN, 3, '-nan'],
    [-Infinity, 3, '-inf'],
  ])('%f with %i is %s', (value, digits, text) => {
    expect(fixed(value, digits)).toBe(text);
  });
});

test('a text ends at a zero', () => {
  expect(cString(Uint8Array.of(0x41, 0xe4, 0, 0x42))).toBe('A\u00e4');
});

test.each([
  ['', 0],
  [' -1.5e1', -15],
  ['.5', 0.5],
  ['0x10', 16],
  ['-0x10', -16],
  ['0x1p4', 16],
  ['0x.8P5', 16],
  ['0x', undefined],
  ['0x.', undefined],
  ['0x1p', undefined],
  ['1e308', 1e308],
  ['1e309', undefined],
  ['-1e-400', undefined],
  ['0e-400', 0],
  ['-Inf', -Infinity],
  ['infinity', Infinity],
  ['infinit', undefined],
  ['nan', undefined],
  ['1x', undefined],
  ['-', undefined],
])('%j is read as %s', (text, value) => {
  expect(decimal(text)).toBe(value);
});
