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
  const raw = area([12, 0, 0, 0], [wide, wide, latin('1234')]);

  const { value } = decoded(decodeBoard, raw);

  expect([value.productName?.text, value.serialNumber?.text]).toEqual(['AB', '1234']);
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
