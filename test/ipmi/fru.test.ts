/** The layouts of the commands that read a FRU. */

import { expect, test } from 'vitest';

import { decode, encode } from '../../src/ipmi/codec.ts';
import { GET_FRU_INFO, READ_FRU, fruBytes } from '../../src/ipmi/fru.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('every layout is read and written, with all of its bits', () => {
  expectRoundTrips(GET_FRU_INFO.request, [1]);
  expectRoundTrips(GET_FRU_INFO.response, [3]);
  expectRoundTrips(READ_FRU.request, [4]);
  expectRoundTrips(READ_FRU.response, [1, 2, 9]);
  expect.hasAssertions();
});

test('the inventory has a size, and a unit', () => {
  const { response } = GET_FRU_INFO;

  expect(decode(response, Uint8Array.of(0x00, 0x02, 0xfe))).toEqual({
    sizeBytes: 512,
    access: { isByWords: false, reserved: 0xfe },
  });
  expect(decode(response, Uint8Array.of(0x00, 0x02, 0x01)).access.isByWords).toBe(true);
});

test('an answer has as many bytes as its count says, in bytes or in words', () => {
  const bytes = Uint8Array.of(7, 8);

  expect(fruBytes({ count: 2, bytes }, false)).toEqual(bytes);
  expect(fruBytes({ count: 1, bytes }, true)).toEqual(bytes);
  expect(fruBytes({ count: 1, bytes }, false)).toBeUndefined();
  expect(fruBytes({ count: 2, bytes }, true)).toBeUndefined();
});

test('a read has the FRU, the offset and the count', () => {
  const data = encode(READ_FRU.request, { fruId: 3, offset: 0x1234, count: 5 });

  expect(data).toEqual(Uint8Array.of(3, 0x34, 0x12, 5));
});
