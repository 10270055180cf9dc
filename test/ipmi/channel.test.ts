/** Layouts of the commands of channels. */

import { expect, test } from 'vitest';

import {
  GET_CHANNEL_ACCESS,
  GET_CHANNEL_CIPHER_SUITES,
  GET_CHANNEL_INFO,
  SET_CHANNEL_ACCESS,
  cipherSuitesOf,
} from '../../src/ipmi/channel.ts';
import { decode, encode } from '../../src/ipmi/codec.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('all are read and written', () => {
  expectRoundTrips(GET_CHANNEL_INFO.request, [1]);
  expectRoundTrips(GET_CHANNEL_INFO.response, [9]);
  expectRoundTrips(GET_CHANNEL_ACCESS.request, [2]);
  expectRoundTrips(GET_CHANNEL_ACCESS.response, [2]);
  expectRoundTrips(SET_CHANNEL_ACCESS.request, [3]);
  expectRoundTrips(GET_CHANNEL_CIPHER_SUITES.request, [3]);
  expectRoundTrips(GET_CHANNEL_CIPHER_SUITES.response, [1, 17]);
  expect.hasAssertions();
});

test('Get Channel Info has each bit where §22.24 has it', () => {
  const data = Uint8Array.of(0x01, 0x04, 0x01, 0x83, 0xf2, 0x1b, 0x00, 0xaa, 0xbb);

  expect(decode(GET_CHANNEL_INFO.response, data)).toEqual({
    channel: { number: 1, reserved: 0 },
    medium: { medium: 'lan-802.3', reserved: 0 },
    protocol: { protocol: 'ipmb-1.0', reserved: 0 },
    sessions: { active: 3, support: 'multi-session', reserved: 0 },
    vendorId: 7154,
    auxiliary: Uint8Array.of(0xaa, 0xbb),
  });
});

test('Get Channel Access has each bit where §22.23 has it; three of them mean their opposite', () => {
  expect(decode(GET_CHANNEL_ACCESS.response, Uint8Array.of(0x2a, 0x04))).toEqual({
    settings: {
      mode: 'always',
      hasUserAuthentication: false,
      hasMessageAuthentication: true,
      hasAlerting: false,
      reserved: 0,
    },
    limit: { privilege: 'administrator', reserved: 0 },
  });
});

test('Set Channel Access says for each part where it is to be set', () => {
  const settings = {
    mode: 'disabled' as const,
    hasUserAuthentication: true,
    hasMessageAuthentication: false,
    hasAlerting: true,
    memory: 'non-volatile' as const,
    reserved: 0,
  };
  const limit = { privilege: 'user' as const, memory: 'volatile' as const, reserved: 0 };

  const data = encode(SET_CHANNEL_ACCESS.request, { channel: 1, settings, limit });

  expect([...data]).toEqual([0x01, 0x50, 0x82]);
});

test('cipher suites are read with those of makers', () => {
  const records = [0xc0, 3, 0x01, 0x41, 0x81, 0xc1, 0x80, 0x57, 0x01, 0x00, 0x03, 0x44];

  expect(cipherSuitesOf(Uint8Array.from(records))).toEqual([
    { id: 3, oemId: undefined, authentication: [1], integrity: [1], confidentiality: [1] },
    { id: 128, oemId: 343, authentication: [3], integrity: [4], confidentiality: [] },
  ]);
});

test('a record of a suite that is cut off, or none, ends the list', () => {
  const whole = {
    id: 0,
    oemId: undefined,
    authentication: [0],
    integrity: [],
    confidentiality: [],
  };

  expect(cipherSuitesOf(Uint8Array.of(0xc0, 0, 0x00, 0xc1, 0x80, 0x57))).toEqual([whole]);
  expect(cipherSuitesOf(Uint8Array.of(0xc0, 0, 0x00, 0xff, 0x01))).toEqual([whole]);
  expect(cipherSuitesOf(Uint8Array.of(0xc0))).toEqual([]);
});
