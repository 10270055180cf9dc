/** Event records in words: what is decoded, how severe it is, and what is left alone. */

import { describe, expect, test } from 'vitest';

import { EVENT_RECORD_BYTES, decodeEventRecord } from '../../src/ipmi/event-record.ts';
import { offenders } from '../support/lists.ts';
import { sensorEvent } from '../support/sensor-event.ts';

test('a threshold event is decoded whole', () => {
  expect(sensorEvent(0x01, 0x30, 0x01, 0x59, 0x60, 0x5f)).toEqual({
    format: 'sensor',
    recordId: 0x1234,
    recordType: 0x02,
    timestamp: 0x12345678,
    generatorId: 0x20,
    evmRevision: 4,
    sensorType: 0x01,
    sensorTypeText: 'Temperature',
    sensorNumber: 0x30,
    direction: 'asserted',
    eventType: 0x01,
    eventOffset: 9,
    eventText: 'upper critical, going high',
    severity: 'critical',
    eventData: Uint8Array.of(0x59, 0x60, 0x5f),
    reading: 0x60,
    threshold: 0x5f,
    raw: Uint8Array.of(
      ...[0x34, 0x12, 0x02, 0x78, 0x56, 0x34, 0x12, 0x20, 0x00, 0x04],
      ...[0x01, 0x30, 0x01, 0x59, 0x60, 0x5f],
    ),
  });
});

test('an event that is not in the log yet has no time', () => {
  const record = decodeEventRecord(
    Uint8Array.of(0, 0, 2, 0, 0, 0, 0, 0x20, 0, 4, 1, 1, 1, 1, 0, 0),
  );

  expect(record.timestamp).toBeUndefined();
});

describe('the event and its severity:', () => {
  test.each([
    [
      'threshold, going low',
      [0x02, 1, 0x01, 0x50],
      { eventText: 'lower non-critical, going low', severity: 'warning' },
    ],
    [
      'threshold',
      [0x02, 1, 0x01, 0x0b],
      { eventText: 'upper non-recoverable, going high', severity: 'non-recoverable' },
    ],
    [
      'threshold deasserted',
      [0x02, 1, 0x81, 0x59],
      {
        eventText: 'upper critical, going high',
        severity: 'information',
        direction: 'deasserted',
      },
    ],
    ['redundancy', [0x08, 1, 0x0b, 0x01], { eventText: 'redundancy lost', severity: 'critical' }],
    ['generic', [0x0a, 1, 0x08, 0x01], { eventText: 'present', severity: 'information' }],
    [
      'severity',
      [0x01, 1, 0x07, 0x03],
      { eventText: 'non-recoverable, from less severe', severity: 'non-recoverable' },
    ],
    ['memory', [0x0c, 1, 0x6f, 0xa1], { eventText: 'uncorrectable error', severity: 'critical' }],
    ['watchdog', [0x23, 1, 0x6f, 0x08], { eventText: 'about to expire', severity: 'warning' }],
    ['FRU', [0x2c, 1, 0x6f, 0x07], { eventText: 'communication lost', severity: 'critical' }],
    [
      'no such offset',
      [0x23, 1, 0x6f, 0x04],
      { eventText: 'event type 0x6f offset 4', severity: 'information' },
    ],
    [
      'past the table',
      [0x29, 1, 0x6f, 0x0f],
      { eventText: 'event type 0x6f offset 15', severity: 'information' },
    ],
    [
      'OEM event type',
      [0x01, 1, 0x70, 0x02],
      { eventText: 'event type 0x70 offset 2', severity: 'information' },
    ],
    [
      'reserved event type',
      [0x01, 1, 0x0d, 0x02],
      { eventText: 'event type 0x0d offset 2', severity: 'information' },
    ],
    [
      'OEM sensor type',
      [0xc5, 1, 0x6f, 0x00],
      { eventText: 'event type 0x6f offset 0', severity: 'information' },
    ],
  ])('%s', (_, bytes, words) => {
    expect(sensorEvent(...bytes, 0, 0)).toMatchObject(words);
  });
});

test('the sensor type of an OEM is its number', () => {
  expect(sensorEvent(0xc5, 1, 0x6f, 0, 0, 0).sensorTypeText).toBe('sensor type 0xc5');
});

test('what bytes 2 and 3 mean is believed only where the event says so', () => {
  expect(sensorEvent(1, 1, 1, 0x09, 7, 8)).toMatchObject({
    reading: undefined,
    threshold: undefined,
  });
  expect(sensorEvent(0x0c, 1, 0x6f, 0x50, 7, 8)).toMatchObject({ reading: undefined });
});

describe('an OEM record', () => {
  test.each([
    [0xc0, 0x04030201],
    [0xdf, 0x04030201],
    [0xe0, undefined],
    [0xff, undefined],
  ])('of type 0x%x has its bytes, and a time only where it has one', (recordType, timestamp) => {
    const bytes = Uint8Array.from({ length: EVENT_RECORD_BYTES }, (_, index) => index - 2);
    bytes[2] = recordType;

    expect(decodeEventRecord(bytes)).toEqual({
      format: 'oem',
      recordId: 0xfffe,
      recordType,
      timestamp,
      raw: bytes,
    });
  });
});

test('every sensor type, event type and offset has words', () => {
  const texts = new Set<string>();
  for (let sensorType = 0; sensorType <= 0xff; sensorType += 1) {
    for (const eventType of [0x01, 0x02, 0x0c, 0x6f, 0x7f]) {
      for (let offset = 0; offset <= 0x0f; offset += 1) {
        const event = sensorEvent(sensorType, 1, eventType, offset, 0, 0);
        texts.add(event.eventText).add(event.sensorTypeText);
      }
    }
  }

  expect(offenders([...texts], (text) => !/^[A-Za-z0-9][A-Za-z0-9 ,./:-]+$/.test(text))).toEqual(
    [],
  );
});
