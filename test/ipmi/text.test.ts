/** Texts in bytes. */

import { expect, test } from 'vitest';

import { decode, encode } from '../../src/ipmi/codec.ts';
import { asciiTrouble, bcdPlusText, latin1Text, paddedText } from '../../src/ipmi/text.ts';
import { sixBitText, utf16Text } from '../../src/ipmi/text.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('each encoding is read', () => {
  expect(latin1Text(Uint8Array.of(0x41, 0xe4))).toBe('Aä');
  expect(utf16Text(Uint8Array.of(0x41, 0x00, 0xac, 0x20, 0x41))).toBe('A€');
  expect(bcdPlusText(Uint8Array.of(0x12, 0xab), '0123456789 -.???')).toBe('12 -');
  expect(sixBitText(Uint8Array.of(0x29, 0xdc, 0xa6))).toBe('IPMI');
  expect(sixBitText(Uint8Array.of(0x29, 0xdc, 0xa6), 3)).toBe('IPM');
  expect(sixBitText(Uint8Array.of(0x29, 0xdc))).toBe('IP');
});

test('a text of a fixed size has zeros behind it', () => {
  expectRoundTrips(paddedText(16), [16]);
  expect(decode(paddedText(4), Uint8Array.of(0x41, 0x42, 0, 0))).toBe('AB');
  expect(encode(paddedText(4), 'AB')).toEqual(Uint8Array.of(0x41, 0x42, 0, 0));
});

test('one that has no room is refused, and not cut off or changed', () => {
  expect(() => encode(paddedText(4), 'ABCDE')).toThrow(
    new RangeError('the text has 5 characters; there is room for 4'),
  );
  expect(() => encode(paddedText(4), 'A€')).toThrow(
    new RangeError('the text has a character that is more than a byte'),
  );
});

test('a text that is stored is printable ASCII that has room', () => {
  expect(asciiTrouble('a'.repeat(16), 16)).toBeUndefined();
  expect(asciiTrouble('a'.repeat(17), 16)).toBe('has 17 characters; there is room for 16');
  expect(asciiTrouble('jürgen', 16)).toBe('has a character that is not printable ASCII');
});
