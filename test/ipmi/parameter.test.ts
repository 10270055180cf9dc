/** Parameters that are read and set by their numbers. */

import { expect, test } from 'vitest';

import { SET_IN_PROGRESS, isNoParameter } from '../../src/ipmi/parameter.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('Set In Progress is read and written', () => {
  expectRoundTrips(SET_IN_PROGRESS, [1]);
  expect.hasAssertions();
});

test('codes by which there is no parameter to be read', () => {
  const all = Array.from({ length: 256 }, (_, code) => code);

  expect(all.filter(isNoParameter)).toEqual([0x80, 0x83, 0xc9, 0xcb, 0xcc]);
});
