/** Which numbers of interrupts are one, and which say that there is none. */

import { expect, test } from 'vitest';

import { interruptNumber } from '../../src/port/interrupt-number.ts';

test.each([
  [6, 6],
  [1, 1],
  [254, 254],
  [256, 256],
  [0, undefined],
  [0xff, undefined],
  [-1, undefined],
  [0x8000_0000, undefined],
  [0xffff_ffff, undefined],
  [NaN, undefined],
])('%d is %s', (value, expected) => {
  expect(interruptNumber(value)).toBe(expected);
});
