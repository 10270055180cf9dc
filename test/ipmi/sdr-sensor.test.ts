/** The layouts of records of sensors, and the names of sensors that share one. */

import { describe, expect, test } from 'vitest';

import { decode } from '../../src/ipmi/codec.ts';
import { COMPACT_SENSOR, EVENT_ONLY_SENSOR, FULL_SENSOR } from '../../src/ipmi/sdr-sensor.ts';
import { sharedName } from '../../src/ipmi/sdr-sensor.ts';
import { expectRoundTrips } from '../support/round-trip.ts';
import { compactRecord, eventOnlyRecord, fullRecord } from '../support/sdr-bytes.ts';

function body(record: readonly number[]): Uint8Array {
  return Uint8Array.from(record.slice(5));
}

test('all are read and written', () => {
  expectRoundTrips(FULL_SENSOR, [43, 59]);
  expectRoundTrips(COMPACT_SENSOR, [27, 43]);
  expectRoundTrips(EVENT_ONLY_SENSOR, [12, 28]);
  expect.hasAssertions();
});

test('each field of a full record stands where §43.1 has it', () => {
  const bytes = fullRecord(1, {
    ...{ number: 0x30, name: 'CPU', owner: 0x21, lun: 0x73, sensorType: 2, eventType: 1 },
    ...{ capabilities: 0xa9, readable: 0x38, units: [0x93, 4, 5], linearization: 0x8b },
    ...{ factors: [2, 0, 3, 0, 0, 0xf1], nominal: 9, thresholds: [1, 2, 3, 4, 5, 6] },
  });

  expect(decode(FULL_SENSOR, body(bytes))).toMatchObject({
    owner: { id: { isSoftware: true, id: 0x10 }, place: { lun: 3, channel: 7 } },
    number: 0x30,
    entity: { id: 3, instance: { number: 1, isLogical: false } },
    capabilities: {
      eventControl: 1,
      thresholds: 'settable',
      hysteresis: 'settable',
      rearmsItself: false,
      isIgnoredIfAbsent: true,
    },
    sensorType: 2,
    eventType: 1,
    readingMask: 0x38,
    units: {
      form: {
        isPercentage: true,
        modifierUse: 'divide',
        rate: 'millisecond',
        format: 'twos-complement',
      },
      base: 4,
      modifier: 5,
    },
    linearization: { kind: 0x0b, reserved: 0x80 },
    factors: { gain: { m: 2 }, offset: { b: 3 }, exponents: { b: 1, result: -1 } },
    nominal: 9,
    maximum: 0xff,
    thresholds: {
      upperNonRecoverable: 1,
      upperCritical: 2,
      upperNonCritical: 3,
      lowerNonRecoverable: 4,
      lowerCritical: 5,
      lowerNonCritical: 6,
    },
    name: { text: 'CPU' },
  });
});

test('the sharing of compact and event-only records stands in its two bytes', () => {
  const fields = { number: 1, name: 'Fan', sharing: [0x93, 0x85] } as const;
  const sharing = {
    ...{ count: 3, modifier: 'alpha', direction: 2, modifierOffset: 5, countsEntities: true },
  };

  expect(decode(COMPACT_SENSOR, body(compactRecord(1, fields)))).toMatchObject({
    sharing,
    name: { text: 'Fan' },
  });
  expect(decode(EVENT_ONLY_SENSOR, body(eventOnlyRecord(1, fields)))).toMatchObject({
    sharing,
    name: { text: 'Fan' },
  });
});

describe('sensors that share a record are told apart:', () => {
  test.each([
    ['numeric', 5, 2, 'Temp 7'],
    ['alpha', 0, 0, 'Temp A'],
    ['alpha', 25, 0, 'Temp Z'],
    ['alpha', 25, 1, 'Temp AA'],
    ['alpha', 26, 2, 'Temp AC'],
  ])('%s from %i, the one at %i', (...[modifier, modifierOffset, index, name]) => {
    const sharing = { direction: 0, countsEntities: false, reserved: 0 };

    expect(
      sharedName('Temp', { ...sharing, count: 3, modifier, modifierOffset } as never, index),
    ).toBe(name);
  });

  test('a single one has its name alone', () => {
    const sharing = { direction: 0, countsEntities: false, reserved: 0, modifierOffset: 1 };

    expect(sharedName('Temp', { ...sharing, count: 1, modifier: 'numeric' }, 0)).toBe('Temp');
  });
});
