/** Messages inside Send Message: whole ones, nested ones, and bytes that are none. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { encodeIpmbRequest, isCarrier } from '../../src/ipmi/ipmb.ts';
import type { IpmbRequest } from '../../src/ipmi/ipmb.ts';
import { allCarriedBy, carriedBy } from '../../src/serve/carried.ts';

const MESSAGE: IpmbRequest = {
  ...{ address: 0x2c, netFn: 0x04, lun: 1, requester: 0x20, requesterLun: 2, seq: 37 },
  ...{ cmd: 0x2d, data: Uint8Array.of(9, 8) },
};

/** The data of a Send Message on channel 7, with bits that say that it is tracked. */
function sent(message: IpmbRequest, ...before: readonly number[]): Uint8Array {
  return Uint8Array.of(0x47, ...before, ...encodeIpmbRequest(message));
}

describe('the message', () => {
  test('is read with all its parts', () => {
    expect(carriedBy(sent(MESSAGE))).toEqual({ channel: 7, ...MESSAGE });
  });

  test('may be a broadcast', () => {
    expect(carriedBy(sent(MESSAGE, 0x00))).toEqual({ channel: 7, ...MESSAGE });
  });

  test('may be of any length from seven bytes on', () => {
    const data = sent({ ...MESSAGE, data: new Uint8Array() });

    expect(carriedBy(data)?.data).toEqual(new Uint8Array());
    for (let length = 0; length < data.length; length += 1) {
      expect(carriedBy(data.subarray(0, length))).toBeUndefined();
    }
  });

  test('is none when one bit of it is wrong, but for the channel', () => {
    const data = sent(MESSAGE);
    const bits = Array.from({ length: (data.length - 1) * 8 }, (_, bit) => bit + 8);

    const read = bits.map((bit) => {
      const at = bit >> 3;
      return carriedBy(data.with(at, (data[at] ?? 0) ^ (1 << (bit & 7))));
    });

    expect(read).toEqual(bits.map(() => undefined));
  });

  test('is none when it could be a broadcast or a plain message to address 0', () => {
    // Get Device ID to all, and command 20h of an OEM: one sum serves as both checksums.
    const both = [0x00, 0xe8, 0x18, 0x00, 0x20, 0x06, 0x01, 0xd9];
    const plain = { ...MESSAGE, address: 0x00 };

    expect(carriedBy(Uint8Array.of(0x00, ...both))).toBeUndefined();
    expect(carriedBy(sent(plain))).toBeUndefined();
  });

  test('is found in every one that carries another', () => {
    const inner = sent(MESSAGE);
    const middle = { ...MESSAGE, address: 0x30, netFn: 0x06, cmd: 0x34, data: inner };
    const outer = { ...middle, address: 0x32, data: sent(middle) };

    const all = allCarriedBy(sent(outer));

    expect(all?.map(({ address, cmd }) => [address, cmd])).toEqual([
      [0x32, 0x34],
      [0x30, 0x34],
      [0x2c, 0x2d],
    ]);
    const torn = { ...outer, data: sent(middle).with(-1, 0xee) };
    expect(allCarriedBy(sent(torn))).toBeUndefined();
  });

  test('of chance bytes is read or not, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 255 }), (bytes) => {
        const all = allCarriedBy(bytes) ?? [];
        expect(all.slice(0, -1).map(isCarrier)).toEqual(all.slice(1).map(() => true));
      }),
    );
  });
});
