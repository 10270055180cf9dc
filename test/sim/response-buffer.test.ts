/** BMC2HOST of the simulated BMC, as the specification has it and as QEMU does. */

import { expect, test } from 'vitest';

import { QEMU, SPEC } from '../../src/sim/personality.ts';
import type { Personality } from '../../src/sim/personality.ts';
import { ResponseBuffer, frameOf } from '../../src/sim/response-buffer.ts';

/** Reads `first` bytes of one response, then four of the next. */
function readTwo(personality: Personality, first: number): readonly number[] {
  const responses = new ResponseBuffer(personality);
  responses.put(frameOf([1, 2]));
  for (let count = 0; count < first; count += 1) responses.read();
  responses.put(frameOf([5, 6]));
  return [1, 2, 3, 4].map(() => responses.read());
}

test('a frame has a length byte in front', () => {
  expect(frameOf([7, 8, 9])).toEqual(Uint8Array.of(3, 7, 8, 9));
});

test('a response reads from its first byte, and 0xff behind its last', () => {
  expect(readTwo(SPEC, 1)).toEqual([2, 5, 6, 0xff]);
});

test('QEMU reads on where the response before was left', () => {
  expect(readTwo(QEMU, 1)).toEqual([5, 6, 0xff, 0xff]);
  expect(readTwo(QEMU, 3)).toEqual([2, 5, 6, 0xff]);
});

test.each([
  ['SPEC', SPEC, 1],
  ['QEMU', QEMU, 0xff],
])('CLR_RD_PTR brings a response that was read to its end back, or not: %s', (_, ...given) => {
  const [personality, first] = given;
  const responses = new ResponseBuffer(personality);
  responses.put(frameOf([9]));
  responses.read();
  responses.rewind();
  expect(responses.read()).toBe(1);
  expect(responses.read()).toBe(9);

  responses.rewind();

  expect(responses.read()).toBe(first);
});
