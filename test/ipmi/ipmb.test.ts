/** Messages on an IPMB, and the command that sends them. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { decode } from '../../src/ipmi/codec.ts';
import { SEND_MESSAGE, decodeIpmbRequest, decodeIpmbResponse } from '../../src/ipmi/ipmb.ts';
import { encodeIpmbRequest, isCarrier } from '../../src/ipmi/ipmb.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('Send Message is read and written', () => {
  expectRoundTrips(SEND_MESSAGE.request, [1, 8]);
  expectRoundTrips(SEND_MESSAGE.response, [0, 3]);
  expect.hasAssertions();
});

const TARGET = { channel: 0, isAuthenticated: false, isEncrypted: false, tracking: 'untracked' };

test.each([
  [0x00, {}],
  [0x0e, { channel: 14 }],
  [0x10, { isAuthenticated: true }],
  [0x20, { isEncrypted: true }],
  [0x40, { tracking: 'tracked' }],
  [0x80, { tracking: 'raw' }],
  [0xc0, { tracking: 3 }],
])('the first byte of Send Message, %i, has %j', (byte, target) => {
  expect(decode(SEND_MESSAGE.request, Uint8Array.of(byte, 7, 8))).toEqual({
    target: { ...TARGET, ...target, reserved: 0 },
    message: Uint8Array.of(7, 8),
  });
});

test.each([
  [0x06, 0x34, true],
  [0x06, 0x33, false],
  [0x07, 0x34, false],
  [0x04, 0x33, false],
])('network function %i, command %i carries a message: %s', (netFn, cmd, isOne) => {
  expect(isCarrier({ netFn, cmd })).toBe(isOne);
});

test('a request is laid out as on the bus', () => {
  const request = {
    ...{ address: 0x2c, netFn: 0x06, lun: 0, requester: 0x20, requesterLun: 2 },
    ...{ seq: 5, cmd: 0x01, data: Uint8Array.of(0xaa) },
  };

  expect([...encodeIpmbRequest(request)]).toEqual([0x2c, 0x18, 0xbc, 0x20, 0x16, 0x01, 0xaa, 0x1f]);
});

test('a request is read as it was written, and not when a byte of it is another', () => {
  const request = {
    ...{ address: 0x2c, netFn: 0x04, lun: 1, requester: 0x81, requesterLun: 2 },
    ...{ seq: 63, cmd: 0x2d, data: Uint8Array.of(9, 8) },
  };
  const bytes = encodeIpmbRequest(request);

  expect(decodeIpmbRequest(bytes)).toEqual(request);
  expect(decodeIpmbRequest(encodeIpmbRequest({ ...request, data: new Uint8Array() }))).toEqual({
    ...request,
    data: new Uint8Array(),
  });
  expect(decodeIpmbRequest(new Uint8Array(6))).toBeUndefined();
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      expect(decodeIpmbRequest(bytes.with(at, (bytes[at] ?? 0) ^ change))).toBeUndefined();
    }),
  );
});

const ANSWER = [0x1c | 2, 0xc2, 0x2c, 0x14, 0x01, 0x00, 0x20, 0x9f];
const READ = {
  ...{ netFn: 0x07, address: 0x2c, seq: 5, cmd: 1, completionCode: 0 },
  data: Uint8Array.of(0x20),
};

test('an answer to a known address is read, and refused when any of its bytes is another', () => {
  expect(decodeIpmbResponse(Uint8Array.from(ANSWER), 0x20)).toEqual(READ);
  fc.assert(
    fc.property(fc.nat(ANSWER.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const torn = ANSWER.map((byte, index) => (index === at ? byte ^ change : byte));
      expect(decodeIpmbResponse(Uint8Array.from(torn), 0x20)).toBeUndefined();
    }),
  );
});

test('of an answer out of the queue of the BMC, checksums are not looked at', () => {
  const wrong = ANSWER.with(1, 0x00).with(-1, 0x00);

  expect(decodeIpmbResponse(Uint8Array.from(ANSWER))).toEqual(READ);
  expect(decodeIpmbResponse(Uint8Array.from(wrong))).toEqual(READ);
  expect(decodeIpmbResponse(Uint8Array.from(ANSWER.slice(0, 6)))).toBeUndefined();
});

test('an answer without data is read, and one with a byte less is none', () => {
  const bytes = [0x1c | 2, 0xc2, 0x2c, 0x14, 0x01, 0xc1, 0xfe];

  expect(decodeIpmbResponse(Uint8Array.from(bytes), 0x20)).toEqual({
    ...READ,
    completionCode: 0xc1,
    data: new Uint8Array(),
  });
  for (let length = 0; length < bytes.length; length += 1) {
    expect(decodeIpmbResponse(Uint8Array.from(bytes.slice(0, length)))).toBeUndefined();
  }
});
