/** Runs of I/O ports: those that exist, and how messages spell them. */

import { expect, test } from 'vitest';

import { checkRange, formatRange } from '../../src/port/range.ts';

test.each([
  [0, 1],
  [0, 0x10000],
  [0xffff, 1],
  [0xce4, 3],
])('%d and %d ports exist', (base, count) => {
  expect(() => {
    checkRange({ base, count });
  }).not.toThrow();
});

test.each([
  [-1, 1, 'port 0x-1 is not an integer of 0..0xffff'],
  [0x10000, 1, 'port 0x10000 is not an integer of 0..0xffff'],
  [0.5, 1, 'port 0x0.8 is not an integer of 0..0xffff'],
  [0xffff, 2, '2 ports from 0xffff: must be 1..1'],
  [0xce4, 0, '0 ports from 0xce4: must be 1..62236'],
  [0xce4, 1.5, '1.5 ports from 0xce4: must be 1..62236'],
])('%d and %d ports do not exist', (base, count, text) => {
  expect(() => {
    checkRange({ base, count });
  }).toThrow(new RangeError(text));
});

test('a range of anything but numbers is a TypeError', () => {
  expect(() => {
    checkRange({ base: '0xce4' as unknown as number, count: 3 });
  }).toThrow(new TypeError('a port range needs the numbers base and count'));
});

test('a range is spelt by its base and its count', () => {
  expect(formatRange({ base: 0xce4, count: 3 })).toBe('0xce4+3');
});
