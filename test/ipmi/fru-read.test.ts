/** Reading a FRU by bytes and by words. */

import { expect, test } from 'vitest';

import { decodeFruArea, decodeFruBytes, getFruArea, readFru } from '../../src/ipmi/fru-read.ts';

test('the area has a size, and a unit', () => {
  expect(decodeFruArea(Uint8Array.of(0x00, 0x02, 0xfe))).toEqual({ bytes: 512, isByWords: false });
  expect(decodeFruArea(Uint8Array.of(0x00, 0x02, 0x01))).toEqual({ bytes: 512, isByWords: true });
  expect(decodeFruArea(Uint8Array.of(0x00, 0x02))).toBeUndefined();
});

test('the reply has as many bytes as its count says', () => {
  expect(decodeFruBytes(Uint8Array.of(2, 7, 8))).toEqual(Uint8Array.of(7, 8));
  expect(decodeFruBytes(Uint8Array.of(1, 7, 8), true)).toEqual(Uint8Array.of(7, 8));
  expect(decodeFruBytes(Uint8Array.of(2, 7))).toBeUndefined();
  expect(decodeFruBytes(Uint8Array.of(1, 7, 8))).toBeUndefined();
  expect(decodeFruBytes(Uint8Array.of())).toBeUndefined();
});

test('the requests are those of the Storage network function', () => {
  expect(getFruArea()).toEqual({ netFn: 0x0a, cmd: 0x10, data: Uint8Array.of(0) });
  expect(readFru({ offset: 0x1234, count: 5 })).toEqual({
    ...{ netFn: 0x0a, cmd: 0x11 },
    data: Uint8Array.of(0, 0x34, 0x12, 5),
  });
});
