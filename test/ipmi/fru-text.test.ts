/** The encodings of fields. */

import { expect, test } from 'vitest';

import { Reader } from '../../src/ipmi/codec.ts';
import { readField } from '../../src/ipmi/fru-text.ts';

const field = (typeLength: number, bytes: readonly number[], language = 25) =>
  readField(typeLength, new Reader(Uint8Array.from(bytes)), language);

test.each([
  ['binary', 0x03, [0x01, 0xab, 0x00], 25, '01ab00'],
  ['bcd-plus', 0x43, [0x12, 0xab, 0xc0], 25, '12 -.0'],
  ['6-bit', 0x83, [0x29, 0xdc, 0xa6], 25, 'IPMI'],
  ['latin-1', 0xc3, [0x41, 0xe4, 0x42], 25, 'AäB'],
  ['latin-1', 0xc2, [0x41, 0x42], 0, 'AB'],
  ['utf-16', 0xc4, [0x41, 0x00, 0xac, 0x20], 12, 'A€'],
  ['latin-1', 0xc3, [0x41, 0x42, 0x43], 12, 'ABC'],
  ['latin-1', 0xc0, [], 25, ''],
  ['binary', 0x00, [], 25, ''],
] as const)('%s 0x%x %j', (...[encoding, typeLength, bytes, language, text]) => {
  expect(field(typeLength, bytes, language)).toEqual({
    encoding,
    text,
    raw: Uint8Array.from(bytes),
  });
});

test('a field is cut off where its area ends', () => {
  expect(field(0xca, [0x41, 0x42]).text).toBe('AB');
});

test('6-bit text of other lengths has as many characters as fit', () => {
  expect(field(0x81, [0x29]).text).toBe('I');
  expect(field(0x82, [0x29, 0xdc]).text).toBe('IP');
});
