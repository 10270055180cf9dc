/** Messages on an IPMB, and the command that sends them. */

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { SEND_MESSAGE, decodeIpmbResponse, encodeIpmbRequest } from '../../src/ipmi/ipmb.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

test('Send Message is read and written', () => {
  expectRoundTrips(SEND_MESSAGE.request, [1, 8]);
  expectRoundTrips(SEND_MESSAGE.response, [0, 3]);
  expect.hasAssertions();
});

test('a request is laid out as on the bus', () => {
  const request = {
    ...{ address: 0x2c, netFn: 0x06, lun: 0, requester: 0x20, requesterLun: 2 },
    ...{ seq: 5, cmd: 0x01, data: Uint8Array.of(0xaa) },
  };

  expect([...encodeIpmbRequest(request)]).toEqual([0x2c, 0x18, 0xbc, 0x20, 0x16, 0x01, 0xaa, 0x1f]);
});

test('an answer is read, and refused when any of its bytes is another', () => {
  const answer = [0x1c | 2, 0xc2, 0x2c, 0x14, 0x01, 0x00, 0x20, 0x9f];

  expect(decodeIpmbResponse(Uint8Array.from(answer))).toEqual({
    ...{ netFn: 0x07, address: 0x2c, seq: 5, cmd: 1, completionCode: 0 },
    data: Uint8Array.of(0x20),
  });
  fc.assert(
    fc.property(fc.nat(answer.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const torn = answer.map((byte, index) => (index === at ? byte ^ change : byte));
      expect(decodeIpmbResponse(Uint8Array.from(torn))).toBeUndefined();
    }),
  );
  expect(decodeIpmbResponse(Uint8Array.from(answer.slice(0, 6)))).toBeUndefined();
});
