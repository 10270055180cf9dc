/** Header, chassis, board and product of a FRU. */

import { expect, test } from 'vitest';

import {
  decodeBoard,
  decodeChassis,
  decodeFruHeader,
  decodeProduct,
} from '../../src/ipmi/fru-areas.ts';
import { area, latin } from '../support/fru-bytes.ts';

function decoded<T>(decode: (raw: Uint8Array, warn: (text: string) => void) => T, raw: number[]) {
  const warnings: string[] = [];
  return { value: decode(Uint8Array.from(raw), (text) => warnings.push(text)), warnings };
}

test('the header says where areas lie, in units of eight bytes', () => {
  const warnings: string[] = [];
  const raw = Uint8Array.of(1, 1, 0, 2, 0, 9, 0, 0xf3);

  const { areas, version } = decodeFruHeader(raw, 72, (text) => warnings.push(text));

  expect([version, areas]).toEqual([
    1,
    [
      { kind: 'internal', offset: 8 },
      { kind: 'board', offset: 16 },
    ],
  ]);
  expect(warnings).toEqual(['the multi-record area begins at 72, behind the 72 bytes of the FRU']);
});

const HEADER_CHECKSUM = 'the checksum of the header is wrong';
const HEADER_VERSION = 'the header has version 2, and only 1 is known';
const BOARD = [{ kind: 'board', offset: 8 }];

test.each([
  ['sound', [1, 0, 0, 1, 0, 0, 0, 0xfe], 1, BOARD, []],
  ['of which four bits are the version', [0xf1, 0, 0, 1, 0, 0, 0, 0x0e], 1, BOARD, []],
  ['with a wrong checksum', [1, 0, 0, 1, 0, 0, 0, 0xff], 1, BOARD, [HEADER_CHECKSUM]],
  ['of another version', [2, 0, 0, 1, 0, 0, 0, 0xfd], 2, BOARD, [HEADER_VERSION]],
  ['with neither right', [2, 0, 0, 1, 0, 0, 0, 0], 2, [], [HEADER_CHECKSUM, HEADER_VERSION]],
  ['with bytes behind it', [1, 0, 0, 1, 0, 0, 0, 0xfe, 9], 1, BOARD, []],
])('a header %s is read as far as it can be', (_, bytes, ...[version, areas, warned]) => {
  const warnings: string[] = [];
  const raw = Uint8Array.from(bytes);

  expect(decodeFruHeader(raw, 64, (text) => warnings.push(text))).toEqual({ version, areas, raw });
  expect(warnings).toEqual(warned);
});

test('an area of another version is read, with a warning', () => {
  const raw = area([0x17], [latin('PN')]);
  const other = raw.with(0, 2).with(-1, (raw.at(-1) ?? 0) - 1);

  expect(decoded(decodeChassis, other)).toMatchObject({
    value: { partNumber: { text: 'PN' } },
    warnings: ['its version is 2, and only 1 is known'],
  });
  const reserved = raw.with(0, 0xf1).with(-1, (raw.at(-1) ?? 0) + 0x10);
  expect(decoded(decodeChassis, reserved).warnings).toEqual([]);
});

test('behind the end mark there are no fields, whatever stands there', () => {
  const raw = area([25], [latin('maker'), latin('name'), [0xc1], latin('no field')]);

  expect(decoded(decodeProduct, raw)).toMatchObject({
    value: {
      productName: { text: 'name' },
      partNumber: undefined,
      version: undefined,
      serialNumber: undefined,
      assetTag: undefined,
      fileId: undefined,
      custom: [],
    },
    warnings: [],
  });
});

test('the chassis has a type, two numbers, and fields of its maker', () => {
  const raw = area([0x17], [latin('PN'), latin('SN'), latin('one'), [0x02, 0xab, 0xcd]]);

  const { value, warnings } = decoded(decodeChassis, raw);

  expect(value).toMatchObject({
    type: 0x17,
    partNumber: { text: 'PN' },
    serialNumber: { text: 'SN' },
    custom: [{ text: 'one' }, { text: 'abcd', encoding: 'binary' }],
  });
  expect(warnings).toEqual([]);
});

test('the board has a date in minutes since 1996, or none', () => {
  const names = ['maker', 'name', 'serial', 'part', 'file', 'extra'].map(latin);
  const dated = decoded(decodeBoard, area([25, 0x01, 0x02, 0x03], names)).value;
  const undated = decoded(decodeBoard, area([25, 0, 0, 0], names)).value;

  expect(dated.manufacturedAt).toBe(Date.UTC(1996, 0, 1) / 1000 + 0x030201 * 60);
  expect(undated.manufacturedAt).toBeUndefined();
  expect(undated).toMatchObject({
    manufacturer: { text: 'maker' },
    productName: { text: 'name' },
    serialNumber: { text: 'serial' },
    partNumber: { text: 'part' },
    fileId: { text: 'file' },
    custom: [{ text: 'extra' }],
  });
});

test('the product has seven fields, and those of its maker', () => {
  const names = ['maker', 'name', 'part', 'version', 'serial', 'tag', 'file', 'aa', 'bb'];

  const { value } = decoded(decodeProduct, area([0], names.map(latin)));

  expect(value).toMatchObject({
    language: 0,
    manufacturer: { text: 'maker' },
    productName: { text: 'name' },
    partNumber: { text: 'part' },
    version: { text: 'version' },
    serialNumber: { text: 'serial' },
    assetTag: { text: 'tag' },
    fileId: { text: 'file' },
    custom: [{ text: 'aa' }, { text: 'bb' }],
  });
});

test('in other languages names are UTF-16, and numbers are not', () => {
  const wide = [0xc4, 0x41, 0x00, 0x42, 0x00];
  const numbers = [latin('1234'), latin('5678'), latin('file')];
  const board = decoded(decodeBoard, area([12, 0, 0, 0], [wide, wide, ...numbers])).value;
  const product = decoded(
    decodeProduct,
    area([12], [wide, wide, wide, wide, latin('1234'), wide, latin('file')]),
  ).value;
  const numbersOfChassis = decoded(decodeChassis, area([12], [latin('1234'), latin('5678')])).value;

  expect(board).toMatchObject({
    language: 12,
    manufacturer: { text: 'AB' },
    productName: { text: 'AB' },
    serialNumber: { text: '1234' },
    partNumber: { text: '5678' },
    fileId: { text: 'file' },
  });
  expect(product).toMatchObject({
    language: 12,
    manufacturer: { text: 'AB' },
    productName: { text: 'AB' },
    partNumber: { text: 'AB' },
    version: { text: 'AB' },
    serialNumber: { text: '1234' },
    assetTag: { text: 'AB' },
    fileId: { text: 'file' },
  });
  expect(numbersOfChassis).toMatchObject({
    partNumber: { text: '1234' },
    serialNumber: { text: '5678' },
  });
});

test('an area that ends early is told as far as it goes', () => {
  const cut = area([25, 0, 0, 0], [latin('maker')]).slice(0, 10);
  const short = area([25], [latin('maker')]);
  const endless = short.with(short.indexOf(0xc1), 0x00);

  expect(decoded(decodeBoard, cut)).toMatchObject({
    value: { manufacturer: { text: 'ma' }, productName: undefined },
    warnings: ['its checksum is wrong', 'a field of 5 bytes goes beyond its end'],
  });
  expect(decoded(decodeProduct, endless).warnings.at(-1)).toBe('it has no end mark');
  expect(decoded(decodeBoard, []).value.manufacturer).toBeUndefined();
});
