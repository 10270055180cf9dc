/** Checks of the layouts of commands that all families share. */

import fc from 'fast-check';
import { expect } from 'vitest';

import { DecodeError, decode, encode } from '../../src/ipmi/codec.ts';
import type { Field } from '../../src/ipmi/codec.ts';

/**
 * Expects that any bytes of each length are written again as they were, and that no shorter ones
 * are read; `lengths` holds every length that the layout takes, in order.
 */
export function expectRoundTrips<T>(layout: Field<T>, lengths: readonly number[]): void {
  for (const length of lengths) {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: length, maxLength: length }), (data) => {
        expect(encode(layout, decode(layout, data))).toEqual(data);
      }),
    );
  }
  for (let length = 0; length < (lengths[0] ?? 0); length += 1) {
    expect(() => decode(layout, new Uint8Array(length))).toThrow(DecodeError);
  }
}
