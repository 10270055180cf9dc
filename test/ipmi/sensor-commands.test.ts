/** The layouts of sensor commands. */

import { expect, test } from 'vitest';

import { decode, encode } from '../../src/ipmi/codec.ts';
import { GET_SENSOR_READING, GET_SENSOR_READING_FACTORS } from '../../src/ipmi/sensor-commands.ts';
import { GET_SENSOR_HYSTERESIS, GET_SENSOR_THRESHOLDS } from '../../src/ipmi/sensor-commands.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('requests and answers are read and written', () => {
  expectRoundTrips(GET_SENSOR_READING.request, [1]);
  expectRoundTrips(GET_SENSOR_READING.response, [2, 3, 4]);
  expectRoundTrips(GET_SENSOR_THRESHOLDS.response, [7]);
  expectRoundTrips(GET_SENSOR_HYSTERESIS.response, [2]);
  expectRoundTrips(GET_SENSOR_READING_FACTORS.request, [2]);
  expectRoundTrips(GET_SENSOR_READING_FACTORS.response, [7]);
  expect.hasAssertions();
});

test('each bit of a reading stands where §35.14 has it', () => {
  expect(decode(GET_SENSOR_READING.response, Uint8Array.of(0x2d, 0x60, 0xc1, 0x80))).toEqual({
    raw: 0x2d,
    flags: { isUnavailable: true, isScanned: true, hasEvents: false, reserved: 0 },
    states: 0xc1,
    moreStates: 0x80,
  });
});

test.each([
  [0x1f, { reserved: 0x1f }],
  [0x20, { isUnavailable: true }],
  [0x40, { isScanned: true }],
  [0x80, { hasEvents: true }],
])('the flags of a reading are %i', (byte, flags) => {
  const none = { isUnavailable: false, isScanned: false, hasEvents: false, reserved: 0 };

  expect(decode(GET_SENSOR_READING.response, Uint8Array.of(0x2d, byte))).toEqual({
    raw: 0x2d,
    flags: { ...none, ...flags },
    states: undefined,
    moreStates: undefined,
  });
});

test('thresholds stand in the order of §35.9', () => {
  const { readable, raw } = decode(
    GET_SENSOR_THRESHOLDS.response,
    Uint8Array.of(0x1a, 1, 2, 3, 4, 5, 6),
  );

  expect(readable).toEqual({
    lowerNonCritical: false,
    lowerCritical: true,
    lowerNonRecoverable: false,
    upperNonCritical: true,
    upperCritical: true,
    upperNonRecoverable: false,
    reserved: 0,
  });
  expect(raw).toEqual({
    lowerNonCritical: 1,
    lowerCritical: 2,
    lowerNonRecoverable: 3,
    upperNonCritical: 4,
    upperCritical: 5,
    upperNonRecoverable: 6,
  });
});

test('a hysteresis is asked for a sensor, and the positive one comes first', () => {
  expect(encode(GET_SENSOR_HYSTERESIS.request, 0x30)).toEqual(Uint8Array.of(0x30, 0xff));
  expect(decode(GET_SENSOR_HYSTERESIS.request, Uint8Array.of(0x30, 0xff))).toBe(0x30);
  expect(decode(GET_SENSOR_HYSTERESIS.response, Uint8Array.of(2, 1))).toEqual({
    positive: 2,
    negative: 1,
  });
});

test('factors are asked for a sensor and a reading', () => {
  const request = encode(GET_SENSOR_READING_FACTORS.request, { number: 0x30, raw: 0x7f });

  expect(request).toEqual(Uint8Array.of(0x30, 0x7f));
});
