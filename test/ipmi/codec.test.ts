/** Layouts: what is written is read again, and every byte that is read is written again. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import * as codec from '../../src/ipmi/codec.ts';
import { DecodeError, decode, decodeFront, encode } from '../../src/ipmi/codec.ts';

const LAYOUT = codec.struct({
  one: codec.u8,
  two: codec.u16,
  three: codec.u24,
  four: codec.u32,
  flags: codec.bits(
    {
      isSet: codec.flag(31),
      isClear: codec.clearFlag(0),
      part: codec.range(4, 3),
      named: codec.choice(8, 2, ['none', undefined, 'all']),
    },
    4,
  ),
  raw: codec.bytes(2),
  pairs: codec.mapped(codec.u16, String, Number),
  end: codec.optional(codec.many(codec.u16)),
});
const LEAST_BYTES = 18;

test('any bytes of the right length are written again as they were', () => {
  const length = fc.integer({ min: 0, max: 5 });
  const seen = new Set<number>();
  fc.assert(
    fc.property(length, fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (words, stream) => {
      const data = Uint8Array.from(stream.take(LEAST_BYTES + 2 * words));
      seen.add(words);
      expect(encode(LAYOUT, decode(LAYOUT, data))).toEqual(data);
    }),
  );
  expect(seen.size).toBeGreaterThan(1);
});

test('bits that have no name are kept at their places', () => {
  const field = codec.bits({ low: codec.range(0, 2), high: codec.flag(7) });

  expect(decode(field, Uint8Array.of(0xd6))).toEqual({ low: 2, high: true, reserved: 0x54 });
  expect(encode(field, { low: 1, high: false, reserved: 0xff })).toEqual(Uint8Array.of(0x7d));
});

test('a value without a name stays a number', () => {
  const field = codec.bits({ kind: codec.choice(0, 2, ['a', undefined, 'c']) });
  const kinds = [0, 1, 2, 3].map((value) => decode(field, Uint8Array.of(value)).kind);

  expect(kinds).toEqual(['a', 1, 'c', 3]);
});

test('a missing byte is named, and so are those that are too many', () => {
  expect(() => decode(LAYOUT, new Uint8Array(3))).toThrow(
    new DecodeError('byte 4 is missing: there are 3, not 6'),
  );
  expect(() => decode(codec.u8, new Uint8Array(3))).toThrow(
    new DecodeError('there are 3 bytes, 2 more than there can be'),
  );
  expect(decodeFront(codec.u8, Uint8Array.of(7, 8, 9))).toBe(7);
});

test('what is too short is undefined where that is asked for, and other errors are thrown', () => {
  const bug = new TypeError('a bug');
  const broken = codec.mapped<number, number>(
    codec.u8,
    () => {
      throw bug;
    },
    Number,
  );

  expect(codec.decodeOrNothing(codec.u16, Uint8Array.of(1))).toBeUndefined();
  expect(codec.decodeOrNothing(codec.u16, Uint8Array.of(1, 2))).toBe(0x0201);
  expect(codec.decodeOrNothing(codec.u16, Uint8Array.of(1, 2, 3))).toBeUndefined();
  expect(codec.decodeFrontOr(codec.u16, Uint8Array.of(1))).toBeUndefined();
  expect(codec.decodeFrontOr(codec.u16, Uint8Array.of(1, 2, 3))).toBe(0x0201);
  expect(() => codec.decodeOrNothing(broken, Uint8Array.of(1))).toThrow(bug);
  expect(() => codec.decodeFrontOr(broken, Uint8Array.of(1))).toThrow(bug);
});

test('an error of decoding has its name', () => {
  expect(new DecodeError('too short').name).toBe('DecodeError');
});

test('values that do not fit are refused', () => {
  expect(() => encode(codec.u8, 256)).toThrow(new RangeError('256 does not fit into 1 byte(s)'));
  expect(() => encode(codec.u16, -1)).toThrow(new RangeError('-1 does not fit into 2 byte(s)'));
  expect(() => encode(codec.u32, 1.5)).toThrow(new RangeError('1.5 does not fit into 4 byte(s)'));
  expect(() => encode(codec.bytes(2), new Uint8Array(3))).toThrow('3 bytes, not 2');
  const pair = codec.times(2, codec.u8);
  expect(() => encode(pair, [1])).toThrow(new RangeError('1 parts, not 2'));
  expect(() => encode(pair, [1, 2, 3])).toThrow(new RangeError('3 parts, not 2'));
  const part = codec.bits({ part: codec.range(0, 2) });
  for (const value of [4, -1, 1.5]) {
    expect(() => encode(part, { part: value, reserved: 0 })).toThrow(
      new RangeError(`${value} does not fit into 2 bit(s)`),
    );
  }
  const named = codec.bits({ name: codec.choice(0, 2, ['a']) });
  expect(() => encode(named, { name: 'b' as 'a', reserved: 0 })).toThrow('there is no b');
});

test('what need not be there is undefined, or empty', () => {
  const field = codec.struct({ first: codec.u8, second: codec.optional(codec.u8) });

  expect(decode(field, Uint8Array.of(1))).toEqual({ first: 1, second: undefined });
  expect(encode(field, { first: 1, second: undefined })).toEqual(Uint8Array.of(1));
  expect(decode(codec.rest, new Uint8Array())).toEqual(new Uint8Array());
  expect(encode(codec.nothing, undefined)).toEqual(new Uint8Array());
});

test("numbers with a sign are in two's complement", () => {
  const field = codec.bits({ low: codec.signed(0, 4), high: codec.signed(4, 4) });

  expect(decode(field, Uint8Array.of(0x78))).toEqual({ low: -8, high: 7, reserved: 0 });
  expect(encode(field, { low: -1, high: 0, reserved: 0 })).toEqual(Uint8Array.of(0x0f));
  expect(encode(field, { low: -8, high: 7, reserved: 0 })).toEqual(Uint8Array.of(0x78));
  for (const low of [8, -9]) {
    expect(() => encode(field, { low, high: 0, reserved: 0 })).toThrow(
      new RangeError(`${low} does not fit into 4 bit(s) with a sign`),
    );
  }
  expect([codec.signedOf(0x3ff, 10), codec.unsignedOf(-1, 10)]).toEqual([-1, 0x3ff]);
});
