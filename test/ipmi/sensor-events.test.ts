/** Types of sensors and their own events, against IPMI 2.0 table 42-3. */

import { describe, expect, test } from 'vitest';

import { offsetsWithWords, sensorEvent } from '../support/sensor-event.ts';

const SENSOR_SPECIFIC = 0x6f;

/** From 0x01 on, with the last offset of each type; a type without one has no events of its own. */
const TYPES: readonly (readonly [name: string, last?: number])[] = [
  ['Temperature'],
  ['Voltage'],
  ['Current'],
  ['Fan'],
  ['Physical Security', 0x06],
  ['Platform Security', 0x05],
  ['Processor', 0x0c],
  ['Power Supply', 0x07],
  ['Power Unit', 0x07],
  ['Cooling Device'],
  ['Other Units-based Sensor'],
  ['Memory', 0x0a],
  ['Drive Slot', 0x08],
  ['POST Memory Resize'],
  ['System Firmware Progress', 0x02],
  ['Event Logging Disabled', 0x06],
  ['Watchdog 1', 0x07],
  ['System Event', 0x05],
  ['Critical Interrupt', 0x0b],
  ['Button', 0x04],
  ['Module / Board'],
  ['Microcontroller / Coprocessor'],
  ['Add-in Card'],
  ['Chassis'],
  ['Chip Set', 0x01],
  ['Other FRU'],
  ['Cable / Interconnect', 0x01],
  ['Terminator'],
  ['System Boot Initiated', 0x07],
  ['Boot Error', 0x04],
  ['OS Boot', 0x0a],
  ['OS Stop', 0x05],
  ['Slot / Connector', 0x09],
  ['System ACPI Power State', 0x0e],
  ['Watchdog 2', 0x08],
  ['Platform Alert', 0x03],
  ['Entity Presence', 0x02],
  ['Monitor ASIC / IC'],
  ['LAN', 0x01],
  ['Management Subsystem Health', 0x05],
  ['Battery', 0x02],
  ['Session Audit', 0x03],
  ['Version Change', 0x07],
  ['FRU State', 0x07],
];

/** Offsets below the last that table 42-3 calls reserved. */
const RESERVED: Readonly<Record<string, readonly number[]>> = {
  'System ACPI Power State': [0x0d],
  'Watchdog 2': [0x04, 0x05, 0x06, 0x07],
};

const numbered = TYPES.map(([name, last], index) => ({ type: index + 1, name, last: last ?? -1 }));

describe('a type of sensor has its name, and words for the events the specification has:', () => {
  test.each(numbered)('$type $name', ({ type, name, last }) => {
    const reserved = RESERVED[name] ?? [];
    const offsets = Array.from({ length: last + 1 }, (_, offset) => offset);

    expect(sensorEvent(type, 1, SENSOR_SPECIFIC, 0, 0, 0).sensorTypeText).toBe(name);
    expect(offsetsWithWords(type, SENSOR_SPECIFIC)).toEqual(
      offsets.filter((offset) => !reserved.includes(offset)),
    );
  });
});

test.each([0x00, 0x2d, 0xbf, 0xc0, 0xff])('type %i has neither', (type) => {
  expect(sensorEvent(type, 1, SENSOR_SPECIFIC, 0, 0, 0).sensorTypeText).toMatch(/^sensor type 0x/);
  expect(offsetsWithWords(type, SENSOR_SPECIFIC)).toEqual([]);
});

test('a power unit goes down at 240 VA, which is a power, and not at 240 V', () => {
  expect(sensorEvent(0x09, 1, SENSOR_SPECIFIC, 2, 0, 0).eventText).toBe('240 VA power down');
});
