/** Sensor data records of all types, and the request for one. */

import { describe, expect, test } from 'vitest';

import { DecodeError, decode, encode } from '../../src/ipmi/codec.ts';
import { SDR_RECORD, decodeSdrHeader, getSdr, isSensor } from '../../src/ipmi/sdr-record.ts';
import type { SdrRecord } from '../../src/ipmi/sdr-record.ts';
import { SIM_SDRS } from '../../src/sim/storage-data.ts';
import { compactRecord, eventOnlyRecord, fullRecord, named, record } from '../support/sdr-bytes.ts';

function read(bytes: readonly number[]): SdrRecord {
  return decode(SDR_RECORD, Uint8Array.from(bytes));
}

test('the header says how long the record is', () => {
  const headers = SIM_SDRS.map((one) => decodeSdrHeader(Uint8Array.from(one)));

  expect(headers.map((header) => header?.recordId)).toEqual([1, 2, 3, 4, 5]);
  expect(headers.map((header) => header?.bytes)).toEqual(SIM_SDRS.map(({ length }) => length));
  expect(decodeSdrHeader(Uint8Array.of(1, 2, 0x51, 1, 0x30))).toEqual({
    recordId: 0x0201,
    bytes: 53,
  });
  expect(decodeSdrHeader(Uint8Array.of(1, 0, 0x51, 1))).toBeUndefined();
});

test('the request asks for a whole record', () => {
  const data = Uint8Array.of(0, 0, 2, 0, 0, 0xff);

  expect(getSdr({ recordId: 2 })).toEqual({ netFn: 0x0a, cmd: 0x23, lun: 0, data });
});

test('a record of a type without a layout is kept as bytes', () => {
  const bytes = record(9, 0x77, [1, 2, 3]);

  expect([...encode(SDR_RECORD, read(bytes))]).toEqual(bytes);
  expect(read(bytes)).toMatchObject({
    kind: 'unknown',
    header: { recordId: 9, version: 0x51, type: 0x77, length: 3 },
    data: Uint8Array.of(1, 2, 3),
  });
});

describe('each type has its layout:', () => {
  test.each<[string, readonly number[]]>([
    ['full', fullRecord(1, { number: 1 })],
    ['compact', compactRecord(1, { number: 1 })],
    ['event-only', eventOnlyRecord(1, { number: 1 })],
    ['entity-association', record(1, 0x08, [3, 1, 0, 4, 1, 0, 0, 0, 0, 0, 0])],
    ['device-entity-association', record(1, 0x09, Array<number>(27).fill(0))],
    ['generic-locator', record(1, 0x10, [0x20, 0xa0, 0, 0, 0, 1, 0, 7, 1, 0, ...named('EEPROM')])],
    ['fru-locator', SIM_SDRS[3] ?? []],
    ['controller-locator', SIM_SDRS[4] ?? []],
    ['controller-confirmation', record(1, 0x13, Array<number>(27).fill(0))],
    ['channels', record(1, 0x14, Array<number>(11).fill(0))],
    ['oem', record(1, 0xc0, [0x57, 0x01, 0x00, 9, 8])],
  ])('%s', (kind, bytes) => {
    expect(read(bytes).kind).toBe(kind);
    expect([...encode(SDR_RECORD, read(bytes))]).toEqual(bytes);
    expect(isSensor(read(bytes))).toBe(['full', 'compact', 'event-only'].includes(kind));
    expect(() => read(bytes.slice(0, 6))).toThrow(DecodeError);
  });
});

test('the fields of a FRU locator stand where §43.8 has them', () => {
  expect(read(SIM_SDRS[3] ?? [])).toMatchObject({
    access: { address: 0x10 },
    device: 0,
    bus: { isLogical: true, lun: 0, busId: 0 },
    entity: { id: 7, instance: { number: 1 } },
    deviceType: 0x10,
    name: { text: 'System Board' },
  });
});

test('those of a controller locator where §43.9 has them', () => {
  expect(read(SIM_SDRS[4] ?? [])).toMatchObject({
    access: { address: 0x10 },
    support: 0x9f,
    entity: { id: 0x2e, instance: { number: 1 } },
    name: { text: 'BMC' },
  });
});
