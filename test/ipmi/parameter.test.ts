/** Parameters that are read and set by their numbers. */

import { expect, test } from 'vitest';

import { decode } from '../../src/ipmi/codec.ts';
import { PARAMETER_CODES, SET_IN_PROGRESS, isNoParameter } from '../../src/ipmi/parameter.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('Set In Progress is read and written', () => {
  expectRoundTrips(SET_IN_PROGRESS, [1]);
  expect.hasAssertions();
});

test.each([
  [0x00, 'complete', 0],
  [0x01, 'in-progress', 0],
  [0x02, 'commit', 0],
  [0x03, 3, 0],
  [0xfd, 'in-progress', 0xfc],
])('Set In Progress of %i is %s (table 23-4)', (byte, state, reserved) => {
  expect(decode(SET_IN_PROGRESS, Uint8Array.of(byte))).toEqual({ state, reserved });
});

test('the codes of §23.1 and §23.2 have words', () => {
  expect(PARAMETER_CODES).toEqual({
    0x80: 'the BMC does not have this parameter',
    0x81: 'another party is setting parameters',
    0x82: 'the parameter is read-only',
    0x83: 'the parameter is write-only',
  });
});

test('codes by which there is no parameter to be read', () => {
  const all = Array.from({ length: 256 }, (_, code) => code);

  expect(all.filter(isNoParameter)).toEqual([0x80, 0x83, 0xc9, 0xcb, 0xcc]);
});
