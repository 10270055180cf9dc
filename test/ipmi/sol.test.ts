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
  expect(decode(SOL_ACCUMULATE, Uint8Array.of(12, 96))).toEqual({ intervalMs: 60, threshold: 96 });
  expect(decode(SOL_RETRY, Uint8Array.of(7, 50))).toEqual({
    retries: { count: 7, reserved: 0 },
    intervalMs: 500,
  });
  expect(decode(SOL_ENABLE, Uint8Array.of(0x01))).toEqual({ isEnabled: true, reserved: 0 });
  expect(decode(SOL_ENABLE, Uint8Array.of(0xfe))).toEqual({ isEnabled: false, reserved: 0xfe });
  expect(decode(SOL_CHANNEL, Uint8Array.of(0x2e))).toEqual({ number: 14, reserved: 0x20 });
  expect(decode(SOL_PORT, Uint8Array.of(0x6f, 0x02))).toBe(623);
});

test.each([
  [0x01, 1, false, false],
  [0x02, 'user', false, false],
  [0x43, 'operator', true, false],
  [0x84, 'administrator', false, true],
  [0xc5, 'oem', true, true],
])(
  'authentication %i is for %s',
  (...[byte, privilege, forcesAuthentication, forcesEncryption]) => {
    expect(decode(SOL_AUTHENTICATION, Uint8Array.of(byte))).toEqual({
      ...{ privilege, forcesAuthentication, forcesEncryption, reserved: 0 },
    });
  },
);

test.each([
  [0, 'serial'],
  [1, 1],
  [5, 5],
  [6, '9600'],
  [7, '19200'],
  [8, '38400'],
  [9, '57600'],
  [10, '115200'],
  [11, 11],
])('bit rate %i is %s', (byte, rate) => {
  expect(decode(SOL_BIT_RATE, Uint8Array.of(byte))).toEqual({ rate, reserved: 0 });
});

test('a parameter is asked for by channel, number, set and block (§26.3)', () => {
  const request = decode(GET_SOL_CONFIGURATION.request, Uint8Array.of(0x8e, 5, 1, 2));

  expect(request).toEqual({
    channel: { number: 14, onlyRevision: true, reserved: 0 },
    parameter: 5,
    set: 1,
    block: 2,
  });
  expect(decode(GET_SOL_CONFIGURATION.response, Uint8Array.of(0x11, 7, 8))).toEqual({
    revision: 0x11,
    data: Uint8Array.of(7, 8),
  });
});
