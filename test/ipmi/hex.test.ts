/** Bytes as the field writes codes. */

import { expect, test } from 'vitest';

import { hexByte } from '../../src/ipmi/hex.ts';

test('a byte has two digits', () => {
  expect([0, 0x0a, 0xff].map(hexByte)).toEqual(['0x00', '0x0a', '0xff']);
});
