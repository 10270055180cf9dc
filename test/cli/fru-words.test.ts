/** Texts and records of a FRU as they are printed. */

import { expect, test } from 'vitest';

import { printable, recordText } from '../../src/cli/fru-words.ts';
import { decodeFruRecord } from '../../src/ipmi/fru-records.ts';

test('a text does not change the terminal, and has no padding', () => {
  const raw = new Uint8Array();

  expect(printable({ encoding: 'latin-1', text: 'a\u001b[2J\n\u0000 ', raw })).toBe('a?[2J?');
  expect(printable(undefined)).toBeUndefined();
});

const LOAD = [0x02, 0xb0, 0x04, 0x74, 0x04, 0xec, 0x04, 0x32, 0x00, 0x0a, 0x00, 0x10, 0x27];
const OUTPUT = [0x81, 0x50, 0xfb, 0x88, 0xff, 0x78, 0x00, 0x64, 0x00, 0x00, 0x00, 0xe8, 0x03];
const SUPPLY = [
  ...[0xee, 0x02, 0x20, 0x03, 0x1e, 0x05, 0x28, 0x23, 0x90, 0x33, 0x50, 0x46, 0x20, 0x67],
  ...[0x2f, 0x3f, 0x0c, 0x1b, 0x20, 0x23, 0x02, 0x64, 0x00, 0x10],
];

test.each([
  [0x00, SUPPLY, '750 W, input 90.00 V to 132.00 V, hot swap'],
  [0x01, OUTPUT, 'output 1: -12.00 V, up to 1000 mA, on standby'],
  [0x02, LOAD, 'output 2: 12.00 V (11.40 V to 12.60 V), up to 10000 mA'],
  [0x03, [0x02, 0x41, 0x42], 'system name: AB'],
  [0x03, [0x07, 0x41, 0x42], 'system unique ID: 41 42'],
  [0xc0, [0x57, 0x01, 0x00, 0x05], 'manufacturer 343: 05'],
  [0x05, [0x01, 0x02], '01 02'],
])('a record of type 0x%x', (type, bytes, text) => {
  const record = decodeFruRecord({ type, recordChecksum: 0 }, Uint8Array.from(bytes), () => 0);

  expect(recordText(record)).toBe(text);
});
