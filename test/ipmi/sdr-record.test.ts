/** The request for a sensor data record, and the header of one. */

import { expect, test } from 'vitest';

import { decodeSdrHeader, getSdr } from '../../src/ipmi/sdr-record.ts';
import { SIM_SDRS } from '../../src/sim/storage-data.ts';

test('the header says how long the record is', () => {
  const headers = SIM_SDRS.map((record) => decodeSdrHeader(Uint8Array.from(record)));

  expect(headers.map((header) => header?.recordId)).toEqual([1, 2, 3, 4, 5]);
  expect(headers.map((header) => header?.bytes)).toEqual(SIM_SDRS.map(({ length }) => length));
  expect(decodeSdrHeader(Uint8Array.of(1, 0, 0x51, 1))).toBeUndefined();
});

test('the request asks for a whole record', () => {
  const data = Uint8Array.of(0, 0, 2, 0, 0, 0xff);

  expect(getSdr({ recordId: 2 })).toEqual({ netFn: 0x0a, cmd: 0x23, data });
});
