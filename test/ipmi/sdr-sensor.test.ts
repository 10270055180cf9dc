/** The layouts of records of sensors, and the names of sensors that share one. */

import { describe, expect, test } from 'vitest';

import { decode } from '../../src/ipmi/codec.ts';
import { COMPACT_SENSOR, EVENT_ONLY_SENSOR, FULL_SENSOR } from '../../src/ipmi/sdr-sensor.ts';
import { sharedName } from '../../src/ipmi/sdr-sensor.ts';
import { expectRoundTrips } from '../support/round-trip.ts';
import { named } from '../support/sdr-bytes.ts';

test('all are read and written', () => {
  expectRoundTrips(FULL_SENSOR, [43, 59]);
  expectRoundTrips(COMPACT_SENSOR, [27, 43]);
  expectRoundTrips(EVENT_ONLY_SENSOR, [12, 28]);
  expect.hasAssertions();
});

/** Bytes 6 to 10: software 0x10, channel 7, LUN 3, sensor 0x30 of entity 3.1. */
const ANY = [0x21, 0x73, 0x30, 0x03, 0x81];

const ANY_READ = {
  owner: {
    id: { isSoftware: true, id: 0x10, reserved: 0 },
    place: { lun: 3, channel: 7, reserved: 0 },
  },
  number: 0x30,
  entity: { id: 3, instance: { number: 1, isLogical: true, reserved: 0 } },
};

/** Bytes 11 to 23. */
const READ = [0x7f, 0xa9, 2, 1, 0x11, 0x12, 0x21, 0x22, 0x31, 0x32, 0x93, 4, 5];

const READ_READ = {
  ...ANY_READ,
  initialization: {
    isScanned: true,
    hasEvents: true,
    setsType: true,
    setsHysteresis: true,
    setsThresholds: true,
    setsEvents: true,
    setsScanning: true,
    isSettable: false,
    reserved: 0,
  },
  capabilities: {
    eventControl: 1,
    thresholds: 'settable',
    hysteresis: 'settable',
    rearmsItself: false,
    isIgnoredIfAbsent: true,
    reserved: 0,
  },
  sensorType: 2,
  eventType: 1,
  assertionMask: 0x1211,
  deassertionMask: 0x2221,
  readingMask: 0x3231,
  units: {
    form: {
      isPercentage: true,
      modifierUse: 'divide',
      rate: 'millisecond',
      format: 'twos-complement',
      reserved: 0,
    },
    base: 4,
    modifier: 5,
  },
};

const SHARING_READ = {
  ...{ count: 3, modifier: 'alpha', direction: 2, modifierOffset: 5, countsEntities: true },
  reserved: 0,
};

const NAME = named('CPU');

const NAME_READ = {
  form: { encoding: '8-bit', length: 3, reserved: 0 },
  bytes: Uint8Array.of(0x43, 0x50, 0x55),
  text: 'CPU',
};

test('each field of a full record stands where §43.1 has it', () => {
  const factors = [2, 0, 3, 0, 0, 0xf1];
  const values = [9, 8, 7, 0xff, 0xfe, 1, 2, 3, 4, 5, 6, 0x51, 0x52, 0x53, 0x54, 0x55];
  const bytes = [...ANY, ...READ, 0x8b, ...factors, 0x0d, ...values, ...NAME];

  expect(decode(FULL_SENSOR, Uint8Array.from(bytes))).toEqual({
    ...READ_READ,
    linearization: { kind: 0x0b, reserved: 0x80 },
    factors: {
      gain: { m: 2, tolerance: 0 },
      offset: { b: 3, accuracy: 0, accuracyExponent: 0, direction: 0 },
      exponents: { b: 1, result: -1, reserved: 0 },
    },
    analog: { hasNominal: true, hasNormalMax: false, hasNormalMin: true, reserved: 8 },
    nominal: 9,
    normalMax: 8,
    normalMin: 7,
    maximum: 0xff,
    minimum: 0xfe,
    thresholds: {
      upperNonRecoverable: 1,
      upperCritical: 2,
      upperNonCritical: 3,
      lowerNonRecoverable: 4,
      lowerCritical: 5,
      lowerNonCritical: 6,
    },
    positiveHysteresis: 0x51,
    negativeHysteresis: 0x52,
    spare: 0x5453,
    oem: 0x55,
    name: NAME_READ,
  });
});

test('each field of a compact record stands where §43.2 has it', () => {
  const bytes = [...ANY, ...READ, 0x93, 0x85, 0x51, 0x52, 1, 2, 3, 0x55, ...NAME];

  expect(decode(COMPACT_SENSOR, Uint8Array.from(bytes))).toEqual({
    ...READ_READ,
    sharing: SHARING_READ,
    positiveHysteresis: 0x51,
    negativeHysteresis: 0x52,
    spare: Uint8Array.of(1, 2, 3),
    oem: 0x55,
    name: NAME_READ,
  });
});

test('each field of an event-only record stands where §43.3 has it', () => {
  const bytes = [...ANY, 0x12, 0x6f, 0x93, 0x85, 4, 0x55, ...NAME];

  expect(decode(EVENT_ONLY_SENSOR, Uint8Array.from(bytes))).toEqual({
    ...ANY_READ,
    sensorType: 0x12,
    eventType: 0x6f,
    sharing: SHARING_READ,
    spare: 4,
    oem: 0x55,
    name: NAME_READ,
  });
});

describe('a bit of its own has', () => {
  const without = {
    ...{ isScanned: false, hasEvents: false, setsType: false, setsHysteresis: false },
    ...{ setsThresholds: false, setsEvents: false, setsScanning: false, isSettable: false },
    reserved: 0,
  };

  test.each(
    [
      'isScanned',
      'hasEvents',
      'setsType',
      'setsHysteresis',
      'setsThresholds',
      'setsEvents',
      'setsScanning',
      'isSettable',
    ].map((name, bit) => [name, 1 << bit] as const),
  )('%s: %i', (name, byte) => {
    const bytes = [...ANY, byte, ...READ.slice(1), 0, 0, 0, 0, 0, 0, 0, 0, ...NAME];

    expect(decode(COMPACT_SENSOR, Uint8Array.from(bytes)).initialization).toEqual({
      ...without,
      [name]: true,
    });
  });

  test.each([
    ['hasNominal', 1],
    ['hasNormalMax', 2],
    ['hasNormalMin', 4],
  ])('%s: %i', (name, byte) => {
    const rest = Array<number>(16).fill(0);
    const bytes = [...ANY, ...READ, 0, 0, 0, 0, 0, 0, 0, byte, ...rest, ...NAME];
    const none = { hasNominal: false, hasNormalMax: false, hasNormalMin: false, reserved: 0 };

    expect(decode(FULL_SENSOR, Uint8Array.from(bytes)).analog).toEqual({ ...none, [name]: true });
  });
});

test.each([
  [0x00, { thresholds: 'none', hysteresis: 'none' }],
  [0x01, { eventControl: 1, thresholds: 'none', hysteresis: 'none' }],
  [0x02, { eventControl: 2, thresholds: 'none', hysteresis: 'none' }],
  [0x14, { thresholds: 'readable', hysteresis: 'readable' }],
  [0x28, { thresholds: 'settable', hysteresis: 'settable' }],
  [0x3c, { thresholds: 'fixed', hysteresis: 'fixed' }],
  [0x40, { thresholds: 'none', hysteresis: 'none', rearmsItself: true }],
  [0x80, { thresholds: 'none', hysteresis: 'none', isIgnoredIfAbsent: true }],
])('a sensor can do what byte 12 says: %i', (byte, capabilities) => {
  const bytes = [...ANY, 0, byte, ...READ.slice(2), 0, 0, 0, 0, 0, 0, 0, 0, ...NAME];
  const none = { eventControl: 0, rearmsItself: false, isIgnoredIfAbsent: false, reserved: 0 };

  expect(decode(COMPACT_SENSOR, Uint8Array.from(bytes)).capabilities).toEqual({
    ...none,
    ...capabilities,
  });
});

test.each([
  [[0x0f, 0x00], { count: 15, modifier: 'numeric' }],
  [[0x10, 0x00], { modifier: 'alpha' }],
  [[0x20, 0x00], { modifier: 2 }],
  [[0xc0, 0x00], { modifier: 'numeric', direction: 3 }],
  [[0x00, 0x7f], { modifier: 'numeric', modifierOffset: 127 }],
  [[0x00, 0x80], { modifier: 'numeric', countsEntities: true }],
])('the sharing of a record stands in two bytes: %j', (sharing, read) => {
  const bytes = [...ANY, 0x12, 0x6f, ...sharing, 0, 0, ...NAME];
  const none = { count: 0, direction: 0, modifierOffset: 0, countsEntities: false, reserved: 0 };

  expect(decode(EVENT_ONLY_SENSOR, Uint8Array.from(bytes)).sharing).toEqual({ ...none, ...read });
});

describe('sensors that share a record are told apart:', () => {
  test.each([
    ['numeric', 5, 2, 'Temp 7'],
    ['alpha', 0, 0, 'Temp A'],
    ['alpha', 25, 0, 'Temp Z'],
    ['alpha', 25, 1, 'Temp AA'],
    ['alpha', 26, 2, 'Temp AC'],
    ['alpha', 51, 1, 'Temp BA'],
    [2, 3, 1, 'Temp 4'],
  ])('%s from %i, the one at %i', (...[modifier, modifierOffset, index, name]) => {
    const sharing = { direction: 0, countsEntities: false, reserved: 0 };

    expect(
      sharedName('Temp', { ...sharing, count: 3, modifier, modifierOffset } as never, index),
    ).toBe(name);
  });

  test.each([
    [0, 'Temp'],
    [1, 'Temp'],
    [2, 'Temp 1'],
  ])('of %i sensors, the first is %s', (count, name) => {
    const sharing = { direction: 0, countsEntities: false, reserved: 0, modifierOffset: 1 };

    expect(sharedName('Temp', { ...sharing, count, modifier: 'numeric' }, 0)).toBe(name);
  });
});
