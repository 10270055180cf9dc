/** Records of the multi-record area. */

import { expect, test, vi } from 'vitest';

import { decode } from '../../src/ipmi/codec.ts';
import {
  DC_LOAD,
  DC_OUTPUT,
  MANAGEMENT_ACCESS,
  OEM_RECORD,
  POWER_SUPPLY,
  RECORD_HEADER,
  decodeFruRecord,
} from '../../src/ipmi/fru-records.ts';
import { checksum } from '../support/fru-bytes.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

/** Kinds of management access by number (§18.4). */
const ACCESS = [
  ...[0, 'system URL', 'system name', 'system ping address', 'component URL', 'component name'],
  ...['component ping address', 'system unique ID', 8],
];

function recordOf(type: number, bytes: readonly number[]) {
  const warnings: string[] = [];
  const recordChecksum = checksum(bytes);
  const raw = Uint8Array.from(bytes);
  const record = decodeFruRecord({ type, recordChecksum }, raw, (text) => warnings.push(text));
  return { record, warnings };
}

test('every layout is read and written, with all of its bits', () => {
  expectRoundTrips(RECORD_HEADER, [5]);
  expectRoundTrips(POWER_SUPPLY, [24]);
  expectRoundTrips(DC_OUTPUT, [13]);
  expectRoundTrips(DC_LOAD, [13]);
  expectRoundTrips(MANAGEMENT_ACCESS, [1, 9]);
  expectRoundTrips(OEM_RECORD, [3, 9]);
  expect.hasAssertions();
});

test('the header has type, end mark, version and length', () => {
  expect(decode(RECORD_HEADER, Uint8Array.of(0x01, 0x82, 13, 7, 8))).toEqual({
    type: 1,
    format: { version: 2, isLast: true, reserved: 0 },
    lengthBytes: 13,
    recordChecksum: 7,
    headerChecksum: 8,
  });
});

test('a power supply has the units of its definition', () => {
  const bytes = [
    ...[0xee, 0x02, 0x20, 0x03, 0x1e, 0x05, 0x28, 0x23, 0x90, 0x33, 0x50, 0x46, 0x20, 0x67],
    ...[0x2f, 0x3f, 0x0c, 0x1b, 0x20, 0x23, 0x02, 0x64, 0x00, 0x10],
  ];

  expect(recordOf(0, bytes).record).toMatchObject({
    kind: 'power-supply',
    value: {
      capacity: { watts: 750 },
      peakVa: 800,
      inrushAmps: 30,
      inrushMs: 5,
      low1: 9000,
      high1: 13_200,
      low2: 18_000,
      high2: 26_400,
      lowHz: 47,
      highHz: 63,
      dropoutMs: 12,
      flags: {
        hasPredictiveFailure: true,
        hasPowerFactorCorrection: true,
        switchesVoltage: false,
        isHotSwap: true,
        hasTwoPulses: true,
      },
      peak: { watts: 800, seconds: 2 },
      combined: { first: '12 V', second: '5 V' },
      combinedWatts: 100,
      tachometerLimit: 16,
    },
  });
});

test('voltages of outputs and loads are signed', () => {
  const output = [0x81, 0x50, 0xfb, 0x88, 0xff, 0x78, 0x00, 0x64, 0x00, 0x00, 0x00, 0xe8, 0x03];
  const load = [0x02, 0xb0, 0x04, 0x74, 0x04, 0xec, 0x04, 0x32, 0x00, 0x0a, 0x00, 0x10, 0x27];

  expect(recordOf(1, output).record).toMatchObject({
    kind: 'dc-output',
    value: {
      output: { number: 1, isOnStandby: true },
      nominal: -1200,
      maxNegative: -120,
      maxPositive: 120,
      rippleMv: 100,
      minMa: 0,
      maxMa: 1000,
    },
  });
  expect(recordOf(2, load).record).toMatchObject({
    kind: 'dc-load',
    value: { output: { number: 2 }, nominal: 1200, min: 1140, max: 1260, minMa: 10, maxMa: 10_000 },
  });
});

test('management access, records of makers, and others keep their bytes', () => {
  expect(recordOf(3, [2, 0x41]).record).toMatchObject({
    kind: 'management-access',
    value: { what: 'system name', data: Uint8Array.of(0x41) },
  });
  expect(recordOf(3, [9]).record).toMatchObject({ value: { what: 9 } });
  expect(recordOf(0xc0, [0x57, 0x01, 0x00, 5]).record).toMatchObject({
    kind: 'oem',
    value: { manufacturerId: 343, data: Uint8Array.of(5) },
  });
  expect(recordOf(0x04, [1]).record).toEqual({ kind: 'other', type: 4, raw: Uint8Array.of(1) });
});

test.each([...ACCESS.entries()])('management access %i is %s', (number, what) => {
  const data = Uint8Array.of(5);

  expect(decode(MANAGEMENT_ACCESS, Uint8Array.of(number, 5))).toEqual({ what, data });
});

test.each([0x04, 0xbf])('type %i is of no kind that is known', (type) => {
  const raw = Uint8Array.of(1, 2, 3, 4);

  expect(recordOf(type, [...raw])).toEqual({ record: { kind: 'other', type, raw }, warnings: [] });
});

test("the last type is a maker's, too", () => {
  expect(recordOf(0xff, [0x57, 0x01, 0x00]).record.kind).toBe('oem');
});

test.each([
  [0, '12 V'],
  [1, '-12 V'],
  [2, '5 V'],
  [3, '3.3 V'],
  [4, 4],
])('rail %i has %s', (code, rail) => {
  const bytes = new Uint8Array(24);

  expect(decode(POWER_SUPPLY, bytes.with(20, code)).combined.second).toBe(rail);
  expect(decode(POWER_SUPPLY, bytes.with(20, code << 4)).combined.first).toBe(rail);
});

test('a record with a wrong checksum is read, with a warning', () => {
  const warnings: string[] = [];
  const raw = Uint8Array.of(2, 0x41);
  const head = { type: 3, recordChecksum: 0 };

  expect(decodeFruRecord(head, raw, (text) => warnings.push(text))).toEqual({
    type: 3,
    kind: 'management-access',
    value: { what: 'system name', data: Uint8Array.of(0x41) },
    raw,
  });
  expect(warnings).toEqual(['its checksum is wrong']);
});

test('an error that is not one of the bytes is thrown on', () => {
  class Broken extends Uint8Array {
    override slice(): Uint8Array<ArrayBuffer> {
      throw new TypeError('broken');
    }
  }

  const [head, warn] = [{ type: 3, recordChecksum: 0 }, vi.fn()];

  expect(() => decodeFruRecord(head, new Broken(2), warn)).toThrow(new TypeError('broken'));
  expect(warn).not.toHaveBeenCalled();
});

test('a record that is too short is kept as bytes, with a warning', () => {
  expect(recordOf(1, [1, 2, 3])).toMatchObject({
    record: { kind: 'other', type: 1, raw: Uint8Array.of(1, 2, 3) },
    warnings: ['it is too short: byte 4 is missing: there are 3, not 5'],
  });
});
