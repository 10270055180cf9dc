/** The SDR repository's size, and the header of a record. */

import { expect, test } from 'vitest';

import { decodeSdrHeader, decodeSdrRepositoryInfo } from '../../src/ipmi/sdr-record.ts';
import { getSdr, getSdrRepositoryInfo } from '../../src/ipmi/sdr-record.ts';
import { SIM_SDRS } from '../../src/sim/storage-data.ts';

const INFO = [0x51, 0x2c, 0x01, 0, 0x10, 1, 2, 3, 4, 5, 6, 7, 8, 0x02];

test('the repository says how many records it has', () => {
  expect(decodeSdrRepositoryInfo(Uint8Array.from(INFO))).toEqual({ version: '1.5', records: 300 });
});

test.each([[INFO.slice(1)], [[...INFO, 0]], [[]]])('%j is no size of a repository', (bytes) => {
  expect(decodeSdrRepositoryInfo(Uint8Array.from(bytes))).toBeUndefined();
});

test('the header says how long the record is', () => {
  const headers = SIM_SDRS.map((record) => decodeSdrHeader(Uint8Array.from(record)));

  expect(headers.map((header) => header?.recordId)).toEqual([1, 2, 3, 4, 5]);
  expect(headers.map((header) => header?.recordType)).toEqual([1, 1, 2, 0x11, 0x12]);
  expect(headers.map((header) => header?.bytes)).toEqual(SIM_SDRS.map(({ length }) => length));
  expect(decodeSdrHeader(Uint8Array.of(1, 0, 0x51, 1))).toBeUndefined();
});

test('the requests are those of the Storage network function', () => {
  expect(getSdrRepositoryInfo()).toEqual({ netFn: 0x0a, cmd: 0x20 });
  expect(getSdr({ recordId: 2 }).data).toEqual(Uint8Array.of(0, 0, 2, 0, 0, 0xff));
});
