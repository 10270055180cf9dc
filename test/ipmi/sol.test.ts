/** Layouts of the SOL parameters. */

import { expect, test } from 'vitest';

import { decode } from '../../src/ipmi/codec.ts';
import { GET_SOL_CONFIGURATION, SOL_ACCUMULATE, SOL_AUTHENTICATION } from '../../src/ipmi/sol.ts';
import { SOL_BIT_RATE, SOL_CHANNEL, SOL_ENABLE, SOL_PORT } from '../../src/ipmi/sol.ts';
import { SOL_RETRY } from '../../src/ipmi/sol.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('all are read and written', () => {
  expectRoundTrips(GET_SOL_CONFIGURATION.request, [4]);
  expectRoundTrips(GET_SOL_CONFIGURATION.response, [1, 2, 3]);
  expectRoundTrips(SOL_ENABLE, [1]);
  expectRoundTrips(SOL_AUTHENTICATION, [1]);
  expectRoundTrips(SOL_ACCUMULATE, [2]);
  expectRoundTrips(SOL_RETRY, [2]);
  expectRoundTrips(SOL_BIT_RATE, [1]);
  expectRoundTrips(SOL_CHANNEL, [1]);
  expectRoundTrips(SOL_PORT, [2]);
  expect.hasAssertions();
});

test('values and units are those of table 26-5', () => {
  expect(decode(SOL_AUTHENTICATION, Uint8Array.of(0x84))).toEqual({
    privilege: 'administrator',
    forcesAuthentication: false,
    forcesEncryption: true,
    reserved: 0,
  });
  expect(decode(SOL_ACCUMULATE, Uint8Array.of(12, 96))).toEqual({ intervalMs: 60, threshold: 96 });
  expect(decode(SOL_RETRY, Uint8Array.of(7, 50))).toEqual({
    retries: { count: 7, reserved: 0 },
    intervalMs: 500,
  });
  const rates = [0, 6, 10, 5].map((value) => decode(SOL_BIT_RATE, Uint8Array.of(value)).rate);
  expect(rates).toEqual(['serial', '9600', '115200', 5]);
  expect(decode(SOL_PORT, Uint8Array.of(0x6f, 0x02))).toBe(623);
});
