/** Times of a BMC: a date, a time since its start, or none. */

import { expect, test } from 'vitest';

import { BMC_TIME, bmcTime, secondsOf } from '../../src/ipmi/bmc-time.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test.each([
  [0, { kind: 'since-start', seconds: 0 }],
  [0x2000_0000, { kind: 'since-start', seconds: 0x2000_0000 }],
  [0x2000_0001, { kind: 'date', seconds: 0x2000_0001 }],
  [0xffff_fffe, { kind: 'date', seconds: 0xffff_fffe }],
  [0xffff_ffff, { kind: 'unspecified' }],
])('%i', (seconds, time) => {
  expect(bmcTime(seconds)).toEqual(time);
  expect(secondsOf(bmcTime(seconds))).toBe(seconds);
});

test('a time is read and written', () => {
  expectRoundTrips(BMC_TIME, [4]);
  expect.hasAssertions();
});
