/** The SEL's size, and its entries. */

import { expect, test } from 'vitest';

import { decodeAddedEntry, decodeSelEntry, decodeSelInfo } from '../../src/ipmi/sel-entry.ts';
import { addSelEntry, getSelEntry, getSelInfo } from '../../src/ipmi/sel-entry.ts';

const INFO = [0x51, 0x02, 0x01, 0x10, 0x20, 1, 2, 3, 4, 5, 6, 7, 8, 0x82];
const ENTRY = Array.from({ length: 16 }, (_, at) => at + 1);

test('the SEL says how full it is', () => {
  const info = { entries: 258, freeBytes: 0x2010, isOverflown: true };

  expect(decodeSelInfo(Uint8Array.from(INFO))).toEqual(info);
  const fits = Uint8Array.from(INFO.with(13, 0x02));
  expect(decodeSelInfo(fits)).toEqual({ ...info, isOverflown: false });
  expect(decodeSelInfo(Uint8Array.from(INFO.slice(1)))).toBeUndefined();
});

test('an entry has 16 bytes, no more and no fewer', () => {
  expect(decodeSelEntry(Uint8Array.of(0xff, 0xff, ...ENTRY))).toEqual({
    nextId: 0xffff,
    bytes: Uint8Array.from(ENTRY),
  });
  expect(decodeSelEntry(Uint8Array.of(0xff, 0xff, ...ENTRY.slice(1)))).toBeUndefined();
  expect(decodeSelEntry(Uint8Array.of(0xff, 0xff, ...ENTRY, 0))).toBeUndefined();
});

test('an entry that was added has a number', () => {
  expect(decodeAddedEntry(Uint8Array.of(0x34, 0x12))).toBe(0x1234);
  expect(decodeAddedEntry(Uint8Array.of(0x34))).toBeUndefined();
});

test('the requests are those of the Storage network function', () => {
  const record = Uint8Array.from(ENTRY);

  expect(getSelInfo()).toEqual({ netFn: 0x0a, cmd: 0x40 });
  expect(getSelEntry()).toMatchObject({ netFn: 0x0a, cmd: 0x43 });
  expect(addSelEntry(record)).toEqual({ netFn: 0x0a, cmd: 0x44, data: record });
});
