/** Names in sensor data records. */

import { describe, expect, test } from 'vitest';

import { decode } from '../../src/ipmi/codec.ts';
import { ID_STRING } from '../../src/ipmi/id-string.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

function text(...bytes: readonly number[]): string {
  return decode(ID_STRING, Uint8Array.from(bytes)).text;
}

test('names are read and written, whatever their bytes', () => {
  expectRoundTrips(ID_STRING, [1, 2, 17]);
  expect.hasAssertions();
});

test.each([
  [0x02, 'unicode', 'A'],
  [0x42, 'bcd-plus', '4100'],
  [0x82, '6-bit', '!!'],
  [0xc2, '8-bit', 'A'],
])('byte %i has encoding %s, and a length', (form, ...[encoding, name]) => {
  expect(decode(ID_STRING, Uint8Array.of(form, 0x41, 0x00))).toEqual({
    form: { encoding, length: 2, reserved: 0 },
    bytes: Uint8Array.of(0x41, 0x00),
    text: name,
  });
});

describe('a name is text, from', () => {
  test.each([
    ['8-bit letters', [0xc4, 0x46, 0x61, 0x6e, 0xb5], 'Fanµ'],
    ['Unicode', [0x04, 0x56, 0x00, 0xa9, 0x03], 'VΩ'],
    ['BCD plus', [0x82 - 0x80 + 0x40, 0x12, 0xbc], '12-.'],
    ['BCD plus, of SDRs', [0x43, 0x3a, 0xde, 0xf4], '3 :,_4'],
    ['6-bit letters, counted in bytes', [0x83, 0x29, 0xdc, 0xa6], 'IPMI'],
    // The last six bits are a letter, too, and the length says that it is none of the name.
    ['6-bit letters, fewer than are there', [0x87, 0x29, 0xdc, 0xa6, 0x29, 0xdc, 0xa6], 'IPMIIPM'],
    ['6-bit letters, counted in characters', [0x84, 0x29, 0xdc, 0xa6], 'IPMI'],
  ])('%s', (_, bytes, name) => {
    expect(text(...bytes)).toBe(name);
  });

  test.each([
    ['no bytes', [0xc0], ''],
    ['fewer bytes than it says', [0xc5, 0x46, 0x61], 'Fa'],
    ['more bytes than it says', [0xc2, 0x46, 0x61, 0x6e], 'Fa'],
    ['zeros and blanks at its end', [0xc7, 0x46, 0x61, 0x20, 0x00, 0x41, 0x0a, 0x42], 'Fa'],
    ['what would steer a terminal', [0xc4, 0x1b, 0x5b, 0x9b, 0x41], '?[?A'],
  ])('%s', (_, bytes, name) => {
    expect(text(...bytes)).toBe(name);
  });
});
