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
])('%j is %s', (bytes, text) => {
  expect(unitText(decode(UNITS, Uint8Array.from(bytes)))).toBe(text);
});

test('the format of readings stands in the two upper bits', () => {
  const formats = [0x00, 0x40, 0x80, 0xc0].map(
    (form) => decode(UNITS, Uint8Array.of(form, 0, 0)).form.format,
  );

  expect(formats).toEqual(['unsigned', 'ones-complement', 'twos-complement', 'none']);
});
