/** What BMCs say of their BT interface, and what is believed of it. */

import { describe, expect, test } from 'vitest';

import {
  DEFAULT_CAPABILITIES,
  believable,
  decodeBtCapabilities,
} from '../../src/ipmi/bt-capabilities.ts';
import type { BtCapabilities } from '../../src/ipmi/bt-capabilities.ts';
import { GET_BT_CAPABILITIES } from '../../src/ipmi/bt-capabilities.ts';
import { expectRoundTrips } from '../support/round-trip.ts';

type Five = readonly [number, number, number, number, number];

/** By the order of the response's bytes. */
function capabilities([outstanding, input, output, seconds, retries]: Five): BtCapabilities {
  return {
    outstandingRequests: outstanding,
    inputBytes: input,
    outputBytes: output,
    responseTimeSeconds: seconds,
    retries,
  };
}

describe('decodeBtCapabilities()', () => {
  test.each<Five>([
    [1, 2, 3, 4, 5],
    [0, 0, 0, 0, 0],
    [0xff, 0xff, 0xff, 0xff, 0xff],
  ])('hands %d %d %d %d %d on as they are', (...bytes) => {
    expect(decodeBtCapabilities(Uint8Array.from(bytes))).toEqual(capabilities(bytes));
  });

  test.each([0, 1, 2, 3, 4])('%d bytes are no answer', (length) => {
    expect(decodeBtCapabilities(new Uint8Array(length))).toBeUndefined();
  });

  test('bytes behind the known ones are ignored', () => {
    expect(decodeBtCapabilities(Uint8Array.of(1, 2, 3, 4, 5, 6))).toEqual(
      capabilities([1, 2, 3, 4, 5]),
    );
  });
});

describe('believable()', () => {
  test.each<[name: string, raw: Five, believed: Five]>([
    ['QEMU', [1, 0xff, 0xff, 10, 0], [1, 255, 255, 10, 0]],
    ['OpenBMC that counts the length byte, too', [1, 64, 64, 5, 1], [1, 63, 63, 5, 1]],
    ['a buffer of 63', [1, 63, 63, 5, 2], [1, 63, 63, 5, 2]],
    ['a buffer of 65', [1, 65, 65, 5, 2], [1, 65, 65, 5, 2]],
    ['sizes of 0', [1, 0, 0, 5, 2], [1, 63, 63, 5, 2]],
    ['sizes too small for a command', [1, 7, 7, 5, 2], [1, 63, 63, 5, 2]],
    ['the smallest sizes there are', [1, 8, 8, 5, 2], [1, 8, 8, 5, 2]],
    ['one size wrong and the other right', [1, 0, 200, 5, 2], [1, 63, 200, 5, 2]],
    ['a response time of 0 s', [1, 63, 63, 0, 2], [1, 63, 63, 5, 2]],
    ['the longest response time of the specification', [1, 63, 63, 30, 2], [1, 63, 63, 30, 2]],
    ['a response time of 60 s', [1, 63, 63, 60, 2], [1, 63, 63, 60, 2]],
    ['a response time of 61 s', [1, 63, 63, 61, 2], [1, 63, 63, 60, 2]],
    ['a response time of 255 s', [1, 63, 63, 255, 2], [1, 63, 63, 60, 2]],
    ['no request at a time', [0, 63, 63, 5, 2], [1, 63, 63, 5, 2]],
    ['255 of everything', [255, 255, 255, 255, 255], [255, 255, 255, 60, 255]],
    ['0 of everything', [0, 0, 0, 0, 0], [1, 63, 63, 5, 0]],
  ])('%s', (_, raw, believed) => {
    expect(believable(capabilities(raw))).toEqual(capabilities(believed));
  });

  test('the defaults are believable', () => {
    expect(DEFAULT_CAPABILITIES).toEqual(capabilities([1, 63, 63, 5, 2]));
    expect(believable(DEFAULT_CAPABILITIES)).toEqual(DEFAULT_CAPABILITIES);
  });
});

test('the capabilities are read and written', () => {
  expectRoundTrips(GET_BT_CAPABILITIES.response, [5]);
  expect.hasAssertions();
});
