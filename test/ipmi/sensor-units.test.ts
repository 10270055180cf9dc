/** Units of sensors. */

import { expect, test } from 'vitest';

import { decode } from '../../src/ipmi/codec.ts';
import { UNITS, unitText } from '../../src/ipmi/sensor-units.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('units are read and written', () => {
  expectRoundTrips(UNITS, [3]);
  expect.hasAssertions();
});

test.each([
  [[0x00, 1, 0], 'degrees C'],
  [[0x00, 4, 0], 'Volts'],
  [[0x00, 18, 0], 'RPM'],
  [[0x00, 92, 0], 'grams'],
  [[0x00, 70, 0], 'byte'],
  [[0x00, 60, 0], 'Decibels'],
  [[0x00, 0, 0], ''],
  [[0x00, 93, 0], 'unit 0x5d'],
  [[0x01, 0, 0], 'percent'],
  [[0x01, 18, 0], '% RPM'],
  [[0x02, 7, 22], 'Joules/second'],
  [[0x04, 5, 24], 'Amps * hour'],
  [[0x18, 79, 0], 'miss per second'],
  [[0x38, 79, 0], 'miss per rate 7'],
  [[0x18, 0, 0], 'per second'],
  [[0x19, 0, 0], 'percent per second'],
  [[0x19, 79, 0], '% miss per second'],
  [[0x03, 0, 22], 'percent/second'],
  [[0x03, 7, 22], '% Joules/second'],
  [[0x05, 0, 24], 'percent * hour'],
])('%j is %s', (bytes, text) => {
  expect(unitText(decode(UNITS, Uint8Array.from(bytes)))).toBe(text);
});

test.each([
  [0x00, 'none', 'unsigned', 'none'],
  [0x0a, 'divide', 'unsigned', 'microsecond'],
  [0x14, 'multiply', 'unsigned', 'millisecond'],
  [0x18, 'none', 'unsigned', 'second'],
  [0x20, 'none', 'unsigned', 'minute'],
  [0x28, 'none', 'unsigned', 'hour'],
  [0x30, 'none', 'unsigned', 'day'],
  [0x3e, 3, 'unsigned', 7],
  [0x40, 'none', 'ones-complement', 'none'],
  [0x80, 'none', 'twos-complement', 'none'],
  [0xc0, 'none', 'none', 'none'],
])(
  'byte 21 of %i has modifier %s, format %s and rate %s (§43.1)',
  (...[byte, use, format, rate]) => {
    expect(decode(UNITS, Uint8Array.of(byte, 4, 5))).toEqual({
      form: { isPercentage: false, modifierUse: use, rate, format, reserved: 0 },
      base: 4,
      modifier: 5,
    });
  },
);
