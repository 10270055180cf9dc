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
    timestamp: undefined,
    secondsSinceStart: 0x12345678,
    generatorId: 0x20,
    evmRevision: 4,
    sensorType: 0x01,
    sensorTypeText: 'Temperature',
    sensorNumber: 0x30,
    direction: 'asserted',
    eventType: 0x01,
    eventOffset: 9,
    eventText: 'upper critical, going high',
    detailText: undefined,
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
  expect(record.secondsSinceStart).toBeUndefined();
});

describe('the time of a record', () => {
  const decode = (hex: string) => decodeEventRecord(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

  test.each([
    ['01 00 02 1d 00 00 00 00 00 04 09 01 ef 00 ff ff', undefined, 29],
    ['01 00 02 ff ff ff 1f 20 00 04 09 01 ef 00 ff ff', undefined, 0x1fff_ffff],
    ['01 00 02 00 00 00 20 20 00 04 09 01 ef 00 ff ff', undefined, 0x2000_0000],
    ['01 00 02 01 00 00 20 20 00 04 09 01 ef 00 ff ff', 0x2000_0001, undefined],
    ['01 00 02 6d 8e 91 5f 20 00 04 10 79 6f 02 ff ff', 1_603_374_701, undefined],
    ['01 00 02 fe ff ff ff 20 00 04 10 79 6f 02 ff ff', 0xffff_fffe, undefined],
    ['2e 00 02 ff ff ff ff 20 00 04 22 d5 6f 00 ff ff', undefined, undefined],
    ['01 00 c0 1d 00 00 00 00 00 04 09 01 ef 00 ff ff', undefined, 29],
    ['01 00 df ff ff ff ff 00 00 04 09 01 ef 00 ff ff', undefined, undefined],
  ])('%s', (hex, timestamp, secondsSinceStart) => {
    expect(decode(hex)).toMatchObject({ timestamp, secondsSinceStart });
  });

  test.each([
    ['00 00', undefined],
    ['ff ff', undefined],
    ['01 00', 1],
    ['fe ff', 0xfffe],
  ])('beside the number %s', (id, recordId) => {
    expect(decode(`${id} 02 1d 00 00 00 00 00 04 09 01 ef 00 ff ff`).recordId).toBe(recordId);
  });
});

describe('the steps of one boot are told apart:', () => {
  test.each([
    ['c2 14 ff', 'firmware progress: motherboard initialization'],
    ['c2 01 ff', 'firmware progress: memory initialization'],
    ['c2 03 ff', 'firmware progress: secondary processor initialization'],
    ['c2 07 ff', 'firmware progress: PCI resource configuration'],
    ['c2 13 ff', 'firmware progress: starting the operating system'],
    // Event data 1 says what the others are: nothing, or something of the manufacturer's.
    ['02 14 ff', 'firmware progress'],
    ['82 14 ff', 'firmware progress'],
    ['42 14 ff', 'firmware progress'],
  ])('%s', (data, eventText) => {
    const bytes = [...Buffer.from(data.replaceAll(' ', ''), 'hex')];

    expect(sensorEvent(0x0f, 5, 0x6f, ...bytes).eventText).toBe(eventText);
  });

  test('only by an event that is specific to the sensor', () => {
    expect(sensorEvent(0x0f, 5, 0x03, 0xc1, 1, 1).detailText).toBeUndefined();
  });
});

test.each([
  [0xf2, 'PCI Express, slot 3'],
  [0xc2, 'PCI Express'],
  [0x32, 'slot 3'],
  [0xe2, 'PCI Express'],
  [0xb2, 'slot 3'],
  [0x02, undefined],
  [0x52, undefined],
  [0xa2, undefined],
])('event data 1 of %i says which of the bytes behind it are as in table 42-3: %s', (...given) => {
  const [data1, detailText] = given;

  expect(sensorEvent(0x21, 1, 0x6f, data1, 9, 3).detailText).toBe(detailText);
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

describe('a record that is no event of a sensor', () => {
  test.each([
    [0xc0, 'oem', 0x24232221],
    [0xdf, 'oem', 0x24232221],
    [0xe0, 'oem', undefined],
    [0xff, 'oem', undefined],
    [0x00, 'reserved', undefined],
    [0x01, 'reserved', undefined],
    [0x03, 'reserved', undefined],
    [0xbf, 'reserved', undefined],
  ])(
    'of type 0x%x is %s, and has a time only where it has one',
    (recordType, ...[format, time]) => {
      const bytes = Uint8Array.from({ length: EVENT_RECORD_BYTES }, (_, index) => index + 0x1e);
      bytes[2] = recordType;

      expect(decodeEventRecord(bytes)).toMatchObject({
        format,
        recordId: 0x1f1e,
        recordType,
        timestamp: time,
        secondsSinceStart: undefined,
        raw: bytes,
      });
    },
  );
});

test('an OEM record has its manufacturer, unless its type has no time', () => {
  const bytes = Uint8Array.from({ length: EVENT_RECORD_BYTES }, (_, index) => index);

  expect(decodeEventRecord(bytes.with(2, 0xc0))).toMatchObject({
    manufacturerId: 0x090807,
    oemData: bytes.subarray(10),
  });
  expect(decodeEventRecord(bytes.with(2, 0xe0))).toMatchObject({
    manufacturerId: undefined,
    oemData: bytes.subarray(3),
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
