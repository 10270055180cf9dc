/** Factors of sensors, and the values of raw readings. */

import { describe, expect, test } from 'vitest';

import { decode } from '../../src/ipmi/codec.ts';
import { FACTORS, convert, convertCounts } from '../../src/ipmi/sensor-factors.ts';
import { isNonLinear, signedReading } from '../../src/ipmi/sensor-factors.ts';
import type { AnalogFormat } from '../../src/ipmi/sensor-factors.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

/** M = 1, and all else 0. */
const ONE = [1, 0, 0, 0, 0, 0];

function value(raw: number, factors: readonly number[], linearization = 0): number | undefined {
  return convert(raw, {
    format: 'unsigned',
    linearization,
    factors: decode(FACTORS, Uint8Array.from(factors)),
  });
}

test('factors are read and written', () => {
  expectRoundTrips(FACTORS, [6]);
  expect.hasAssertions();
});

test('each bit stands where §43.1 has it', () => {
  expect(decode(FACTORS, Uint8Array.of(0x34, 0x95, 0x12, 0x4a, 0x79, 0xe3))).toEqual({
    gain: { m: 0x234 - 0x400, tolerance: 0x15 },
    offset: { b: 0x112, accuracy: 0x1ca, accuracyExponent: 2, direction: 1 },
    exponents: { b: 3, result: -2, reserved: 0 },
  });
});

describe('the number of a raw reading has the sign of its format:', () => {
  test.each<[AnalogFormat, number, number | undefined]>([
    ['unsigned', 0xff, 255],
    ['ones-complement', 0x7f, 127],
    ['ones-complement', 0x80, -127],
    ['ones-complement', 0xfe, -1],
    ['twos-complement', 0x7f, 127],
    ['twos-complement', 0x80, -128],
    ['twos-complement', 0xff, -1],
    ['none', 0x10, undefined],
  ])('%s %i', (format, raw, number) => {
    expect(signedReading(raw, format)).toBe(number);
  });
});

describe('(M·x + B·10^K1)·10^K2', () => {
  test.each([
    ['M alone', 45, ONE, 45],
    ['M negative', 10, [0xfe, 0xc0, 0, 0, 0, 0], -20],
    ['B negative, from its own bits', 10, [1, 0, 0xfb, 0xc0, 0, 0], 5],
    ['B, small, with a K1 above 0', 10, [1, 0, 3, 0, 0, 0x02], 310],
    ['B with a K1 below 0', 10, [1, 0, 5, 0, 0, 0x0f], 10.5],
    ['K2 below 0, to the nearest number', 33, [1, 0, 0, 0, 0, 0xf0], 3.3],
    ['K2 below 0, of three digits', 187, [0x41, 0, 0, 0, 0, 0xd0], 12.155],
    ['K2 above 0', 12, [0x64, 0, 0, 0, 0, 0x10], 12000],
    ['K2 above 0, to the nearest number', 3, [1, 0, 0, 0, 0, 0x40], 30000],
    ['M negative, of 0, which is no -0', 0, [0xff, 0xc0, 0, 0, 0, 0], 0],
  ])('%s', (...[, raw, factors, number]) => {
    expect(value(raw, factors)).toBe(number);
  });
});

describe('each linearization is its function:', () => {
  test.each([
    [0, 10, 10],
    [1, 10, Math.log(10)],
    [2, 100, 2],
    [3, 8, 3],
    [4, 1, Math.E],
    [5, 3, 1000],
    [6, 5, 32],
    [7, 4, 0.25],
    [8, 5, 25],
    [9, 3, 27],
    [10, 81, 9],
    [11, 27, 3],
  ])('%i', (linearization, raw, number) => {
    expect(value(raw, ONE, linearization)).toBeCloseTo(number, 12);
  });

  test('one that is reserved, and a result that is no number, give none', () => {
    expect([value(1, ONE, 12), value(0, ONE, 1), value(0, ONE, 7)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('a non-linear one takes the factors as they are', () => {
    expect(value(10, ONE, 0x70)).toBe(10);
    expect([0x6f, 0x70, 0x7f].map(isNonLinear)).toEqual([false, true, true]);
  });
});

test('a reading of a sensor without an analog one is no value', () => {
  const factors = decode(FACTORS, Uint8Array.from(ONE));

  expect(convert(10, { format: 'none', linearization: 0, factors })).toBeUndefined();
});

describe('a number of counts is a difference, by M and K2 alone:', () => {
  test.each<[string, AnalogFormat, number, readonly number[], number | undefined]>([
    ['M alone', 'unsigned', 0, [2, 0, 0, 0, 0, 0], 6],
    ['B and K1 do not count', 'unsigned', 0, [2, 0, 5, 0, 0, 0x0f], 6],
    ['K2', 'unsigned', 0, [5, 0, 0, 0, 0, 0xe0], 0.15],
    ['M negative', 'unsigned', 0, [0xfe, 0xc0, 0, 0, 0, 0], 6],
    ['with a sign', 'twos-complement', 0, [2, 0, 0, 0, 0, 0], 6],
    ['no analog reading', 'none', 0, [2, 0, 0, 0, 0, 0], undefined],
    ['steps that differ', 'unsigned', 8, [2, 0, 0, 0, 0, 0], undefined],
    ['factors that differ', 'unsigned', 0x70, [2, 0, 0, 0, 0, 0], undefined],
  ])('%s', (...[, format, linearization, bytes, difference]) => {
    const factors = decode(FACTORS, Uint8Array.from(bytes));

    expect(convertCounts(3, { format, linearization, factors })).toBe(difference);
  });
});
