/** The request and the reply by which an SDR or a SEL entry is read. */

import { expect, test } from 'vitest';

import { encode } from '../../src/ipmi/codec.ts';
import { RECORD_REQUEST, decodeRecordPart, recordRequest } from '../../src/ipmi/record-read.ts';

test('the whole first record is read by default', () => {
  expect(encode(RECORD_REQUEST, recordRequest({}))).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0xff));
});

test('every field stands where table 33-12 puts it, the lower byte first', () => {
  const read = { recordId: 0x1234, reservation: 0x5678, offset: 9, count: 10 };

  expect(encode(RECORD_REQUEST, recordRequest(read))).toEqual(
    Uint8Array.of(0x78, 0x56, 0x34, 0x12, 9, 10),
  );
});

test('the reply is the number of the next record, and bytes', () => {
  const part = decodeRecordPart(Uint8Array.of(0x34, 0x12, 7, 8));

  expect(part).toEqual({ nextId: 0x1234, bytes: Uint8Array.of(7, 8) });
  expect(decodeRecordPart(Uint8Array.of(0x34, 0x12, 7))).toEqual({
    nextId: 0x1234,
    bytes: Uint8Array.of(7),
  });
  expect(decodeRecordPart(Uint8Array.of(0x34, 0x12))).toBeUndefined();
});
