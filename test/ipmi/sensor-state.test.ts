/** The states of sensors in words. */

import { describe, expect, test } from 'vitest';

import type { SensorReading } from '../../src/ipmi/sensor-commands.ts';
import { sensorTypeText } from '../../src/ipmi/event-record.ts';
import { statesOf, worstOf } from '../../src/ipmi/sensor-state.ts';

function reading(states: number | undefined, moreStates?: number): SensorReading {
  const flags = { isUnavailable: false, isScanned: true, hasEvents: true, reserved: 0 };
  return { raw: 0, flags, states, moreStates };
}

function texts(sensorType: number, eventType: number, given: SensorReading): readonly string[] {
  return statesOf({ sensorType, eventType }, given).map(({ text }) => text);
}

test('a threshold sensor tells the thresholds that are crossed', () => {
  expect(texts(1, 1, reading(0xc0))).toEqual([]);
  expect(texts(1, 1, reading(0xd8, 0xff))).toEqual([
    'at or above upper non-critical',
    'at or above upper critical',
  ]);
  expect(texts(1, 1, reading(0x05))).toEqual([
    'at or below lower non-critical',
    'at or below lower non-recoverable',
  ]);
});

test.each([
  [0, 'at or below lower non-critical', 'warning'],
  [1, 'at or below lower critical', 'critical'],
  [2, 'at or below lower non-recoverable', 'non-recoverable'],
  [3, 'at or above upper non-critical', 'warning'],
  [4, 'at or above upper critical', 'critical'],
  [5, 'at or above upper non-recoverable', 'non-recoverable'],
])('of the comparisons, bit %i is %s, which is %s (§35.14)', (offset, text, severity) => {
  const states = statesOf({ sensorType: 1, eventType: 1 }, reading(1 << offset));

  expect(states).toEqual([{ offset, text, severity }]);
});

test('a discrete one its states, by its type or by the type of its events', () => {
  expect(texts(8, 0x6f, reading(0x09, 0x80))).toEqual(['present', 'input lost']);
  expect(texts(0x07, 0x6f, reading(0, 0x90))).toEqual(['correctable machine check']);
  expect(texts(0x12, 0x09, reading(0x02))).toEqual(['enabled']);
  expect(texts(0xc5, 0x6f, reading(0x01))).toEqual(['event type 0x6f offset 0']);
  expect(texts(8, 0x6f, reading(undefined))).toEqual([]);
});

describe('the severity of several states is', () => {
  test.each([
    ['information', 0x00],
    ['warning', 0x01],
    ['critical', 0x03],
    ['non-recoverable', 0x27],
    ['non-recoverable', 0x20],
  ])('%s', (severity, bits) => {
    expect(worstOf(statesOf({ sensorType: 1, eventType: 1 }, reading(bits)))).toBe(severity);
  });
});

test('a type of sensor without a name is its number', () => {
  expect([sensorTypeText(0x01), sensorTypeText(0xc5)]).toEqual(['Temperature', 'sensor type 0xc5']);
});
