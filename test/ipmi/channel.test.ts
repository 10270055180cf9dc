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

test.each([
  ['unchanged', 0],
  ['non-volatile', 1],
  ['volatile', 2],
  [3, 3],
] as const)('what Set Channel Access does with a part, %s, is %i', (memory, value) => {
  const data = Uint8Array.of(0x01, value << 6, value << 6);

  expect(decode(SET_CHANNEL_ACCESS.request, data)).toMatchObject({
    settings: { memory },
    limit: { memory },
  });
});

test.each([
  [0x00, { memory: 0, reserved: 0 }],
  [0x40, { memory: 'non-volatile', reserved: 0 }],
  [0x80, { memory: 'volatile', reserved: 0 }],
  [0xff, { memory: 3, reserved: 0x3f }],
])('Get Channel Access asks for the settings %i', (value, select) => {
  expect(decode(GET_CHANNEL_ACCESS.request, Uint8Array.of(0x0e, value))).toEqual({
    channel: 14,
    select,
  });
});

test.each([
  [0, 'disabled', 0],
  [1, 'pre-boot', 'callback'],
  [2, 'always', 'user'],
  [3, 'shared', 'operator'],
  [4, 4, 'administrator'],
  [5, 5, 'oem'],
  [6, 6, 6],
])('%i is the access mode %s and the privilege limit %s', (value, mode, privilege) => {
  expect(decode(GET_CHANNEL_ACCESS.response, Uint8Array.of(value, value))).toMatchObject({
    settings: { mode },
    limit: { privilege },
  });
});

test.each([
  [0x00, 0, 0],
  [0x01, 'ipmb', 'ipmb-1.0'],
  [0x02, 'icmb-1.0', 'icmb-1.0'],
  [0x03, 'icmb-0.9', 3],
  [0x04, 'lan-802.3', 'ipmi-smbus'],
  [0x05, 'serial', 'kcs'],
  [0x06, 'other-lan', 'smic'],
  [0x07, 'pci-smbus', 'bt-10'],
  [0x08, 'smbus-1', 'bt-15'],
  [0x09, 'smbus-2', 'tmode'],
  [0x0a, 'usb-1', 10],
  [0x0b, 'usb-2', 11],
  [0x0c, 'system-interface', 12],
  [0x0d, 13, 13],
])('%i is the medium %s and the protocol %s', (value, medium, protocol) => {
  const data = Uint8Array.of(0, value, value, 0, 0, 0, 0, 0, 0);

  expect(decode(GET_CHANNEL_INFO.response, data)).toMatchObject({
    medium: { medium },
    protocol: { protocol },
  });
});

test.each([
  [0x00, 'session-less'],
  [0x40, 'single-session'],
  [0x80, 'multi-session'],
  [0xc0, 'session-based'],
])('the session support %i is %s', (value, support) => {
  const data = Uint8Array.of(0, 0, 0, value, 0, 0, 0, 0, 0);

  expect(decode(GET_CHANNEL_INFO.response, data).sessions).toEqual({
    ...{ active: 0, support, reserved: 0 },
  });
});

test('Get Channel Cipher Suites asks for a part of the list by suites', () => {
  expect(decode(GET_CHANNEL_CIPHER_SUITES.request, Uint8Array.of(0x0e, 0x00, 0xc3))).toEqual({
    channel: 14,
    payloadType: 0,
    list: { index: 3, isBySuite: true, reserved: 0x40 },
  });
});

test('cipher suites are read with those of makers', () => {
  const records = [0xc0, 3, 0x01, 0x41, 0x81, 0xc1, 0x80, 0x57, 0x01, 0x00, 0x03, 0x44];

  expect(cipherSuitesOf(Uint8Array.from(records))).toEqual([
    { id: 3, oemId: undefined, authentication: [1], integrity: [1], confidentiality: [1] },
    { id: 128, oemId: 343, authentication: [3], integrity: [4], confidentiality: [] },
  ]);
});

test('a suite ends where the next one begins; the number of a maker has three bytes', () => {
  const records = [0xc1, 0x81, 0x03, 0x02, 0x01, 0x02, 0xc0, 0, 0x00, 0x40, 0x80, 0xc0, 1, 0xbf];

  expect(cipherSuitesOf(Uint8Array.from(records))).toEqual([
    { id: 0x81, oemId: 0x01_0203, authentication: [2], integrity: [], confidentiality: [] },
    { id: 0, oemId: undefined, authentication: [0], integrity: [0], confidentiality: [0] },
    { id: 1, oemId: undefined, authentication: [], integrity: [], confidentiality: [0x3f] },
  ]);
  expect(cipherSuitesOf(new Uint8Array())).toEqual([]);
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
