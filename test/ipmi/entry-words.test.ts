/** Entries in words, with their sensors and their bytes. */

import { expect, test } from 'vitest';

import { entryWords, sensorKeyOf } from '../../src/ipmi/entry-words.ts';
import type { SensorLookup } from '../../src/ipmi/entry-words.ts';
import { decodeEventRecord } from '../../src/ipmi/event-record.ts';

const recordOf = (hex: string) => decodeEventRecord(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

function words(hex: string, lookup?: SensorLookup): string {
  const { subject, event } = entryWords(recordOf(hex), lookup);
  return `${subject}: ${event}`;
}

test.each([
  [
    '01 00 02 6d 8e 91 5f 20 00 04 01 30 01 59 60 5f',
    'Temperature (0x30): upper critical, going high, reading 0x60 (raw), threshold 0x5f (raw)',
  ],
  [
    '01 00 02 6d 8e 91 5f 20 00 04 01 30 01 09 60 5f',
    'Temperature (0x30): upper critical, going high',
  ],
  [
    '01 00 02 6d 8e 91 5f 20 00 04 0f 00 6f c2 01 ff',
    'System Firmware Progress (0x00): firmware progress: memory initialization',
  ],
  [
    '01 00 02 6d 8e 91 5f 20 00 04 08 02 6f 41 20 ff',
    'Power Supply (0x02): failed, before: present, severity: critical, from less severe',
  ],
  ['01 00 02 6d 8e 91 5f 20 00 04 08 02 6f 41 ff ff', 'Power Supply (0x02): failed'],
  [
    '01 00 02 6d 8e 91 5f 20 00 04 0c 02 6f a1 12 34',
    'Memory (0x02): uncorrectable error, OEM data 2 0x12, OEM data 3 0x34',
  ],
  [
    '01 00 c1 6d 8e 91 5f 57 01 00 0a 0b 0c 0d 0e 0f',
    'OEM record 0xc1 of manufacturer 343: 0a 0b 0c 0d 0e 0f',
  ],
  [
    '01 00 e0 6d 8e 91 5f 57 01 00 0a 0b 0c 0d 0e 0f',
    'OEM record 0xe0: 6d 8e 91 5f 57 01 00 0a 0b 0c 0d 0e 0f',
  ],
  [
    '01 00 03 6d 8e 91 5f 57 01 00 0a 0b 0c 0d 0e 0f',
    'record of reserved type 0x03: 6d 8e 91 5f 57 01 00 0a 0b 0c 0d 0e 0f',
  ],
])('%s', (hex, text) => {
  expect(words(hex)).toBe(text);
});

test('a record that only its maker can read has no sensor and no values', () => {
  expect(entryWords(recordOf('01 00 e0 6d 8e 91 5f 57 01 00 0a 0b 0c 0d 0e 0f'))).toStrictEqual({
    subject: 'OEM record 0xe0',
    sensorName: undefined,
    event: '6d 8e 91 5f 57 01 00 0a 0b 0c 0d 0e 0f',
    reading: undefined,
    threshold: undefined,
  });
});

const EVENT = '01 00 02 6d 8e 91 5f 41 12 04 01 30 01 59 60 5f';

test('a sensor is looked up by owner, LUN and number', () => {
  const record = recordOf(EVENT);
  if (record.format !== 'sensor') throw new Error('it is an event of a sensor');

  expect(sensorKeyOf(record)).toEqual({ owner: 0x41, lun: 2, number: 0x30 });
  expect(words(EVENT, ({ lun }) => (lun === 2 ? { name: 'Inlet' } : undefined))).toContain(
    'Temperature "Inlet" (0x30): ',
  );
});

test('values are converted where the sensor says how, and else stay raw', () => {
  const convert = (raw: number) => (raw === 0x60 ? raw / 3 + 0.3333 : undefined);
  const sensor = { name: 'Inlet', unit: 'degrees C', convert };
  const told = entryWords(recordOf(EVENT), () => sensor);

  expect(told.reading).toEqual({ raw: 0x60, value: 32.3333, unit: 'degrees C' });
  expect(told.threshold).toEqual({ raw: 0x5f, value: undefined, unit: undefined });
  expect(told.event).toContain('reading 32.333 degrees C, threshold 0x5f (raw)');
  expect(entryWords(recordOf(EVENT), () => ({ ...sensor, unit: undefined })).event).toContain(
    'reading 32.333, ',
  );
});
