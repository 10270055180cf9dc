/** GUIDs as BMCs send them, and the text they stand for. */

import { expect, test } from 'vitest';

import { encode } from '../../src/ipmi/codec.ts';
import { GET_DEVICE_GUID, GET_SYSTEM_GUID, decodeGuid } from '../../src/ipmi/guid.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

/** Of RFC 4122, appendix A: time_low 6ba7b810, time_mid 9dad, version 1, ... */
const TEXT = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

/** IPMI 2.0 table 20-10: node, clock sequence, time high, mid, low; each from its low byte up. */
const BYTES = [
  ...[0xc8, 0x30, 0xd4, 0x4f, 0xc0, 0x00],
  ...[0xb4, 0x80],
  ...[0xd1, 0x11],
  ...[0xad, 0x9d],
  ...[0x10, 0xb8, 0xa7, 0x6b],
];

test('the fields come last first, each with its least significant byte first', () => {
  expect(decodeGuid(Uint8Array.from(BYTES))).toBe(TEXT);
});

test('bytes behind it are no part of it', () => {
  expect(decodeGuid(Uint8Array.of(...BYTES, 1, 2, 3))).toBe(TEXT);
});

test.each(Array.from({ length: 16 }, (_, length) => length))('%d bytes are none', (length) => {
  expect(decodeGuid(Uint8Array.from(BYTES.slice(0, length)))).toBeUndefined();
});

test.each([0x00, 0xff])('16 bytes of %i are none: the BMC was given none', (value) => {
  expect(decodeGuid(new Uint8Array(16).fill(value))).toBeUndefined();
});

test.each(Array.from({ length: 16 }, (_, at) => at))('byte %d counts', (at) => {
  const [bytes, ones] = [new Uint8Array(16), new Uint8Array(16).fill(0xff)];
  bytes[at] = 0xa5;
  ones[at] = 0x5a;

  expect(decodeGuid(bytes)?.replaceAll('-', '').indexOf('a5')).toBe(2 * (15 - at));
  expect(decodeGuid(ones)?.replaceAll('-', '').indexOf('5a')).toBe(2 * (15 - at));
});

test('a byte of ones is one as any other', () => {
  expect(decodeGuid(Uint8Array.of(...BYTES.slice(0, 15), 0xff))).toBe(TEXT.replace('6b', 'ff'));
});

test('a text is sent as the bytes that stand for it, in upper case, too', () => {
  const { response } = GET_SYSTEM_GUID;

  expect([...encode(response, TEXT)]).toEqual(BYTES);
  expect([...encode(response, TEXT.toUpperCase())]).toEqual(BYTES);
  expect(() => encode(response, '')).toThrow(new RangeError('0 bytes, not 16'));
});

test('the answers of both commands are read and written', () => {
  expectRoundTrips(GET_DEVICE_GUID.response, [16]);
  expectRoundTrips(GET_SYSTEM_GUID.response, [16]);
  expect.hasAssertions();
});
