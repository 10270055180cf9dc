/** HOST2BMC of the simulated BMC, as the specification has it and as QEMU does. */

import { describe, expect, test } from 'vitest';

import { QEMU, SPEC } from '../../src/sim/personality.ts';
import { RequestBuffer } from '../../src/sim/request-buffer.ts';

const REQUEST = [3, 0x18, 0x5a, 0x01];

function buffer(personality = SPEC, bytes: readonly number[] = REQUEST): RequestBuffer {
  const made = new RequestBuffer(personality);
  made.clear();
  for (const byte of bytes) made.write(byte);
  return made;
}

test('gives what was written since CLR_WR_PTR, and only once', () => {
  const requests = buffer();
  expect([requests.isCleared, requests.isUnrung, requests.fault]).toEqual([true, true, undefined]);

  expect(requests.take()).toEqual(REQUEST);

  expect([requests.isCleared, requests.isUnrung]).toEqual([false, false]);
  expect(requests.take()).toEqual([]);
});

test('forgets at CLR_WR_PTR', () => {
  const requests = buffer();

  requests.clear();

  expect([requests.isUnrung, requests.take()]).toEqual([false, []]);
});

test.each([
  [[2, 0x18, 0x5a], 'length byte 2 for 2 bytes'],
  [[4, 0x18, 0x5a, 0x01], 'length byte 4 for 3 bytes'],
])('%j is malformed: taken as it is by one, ignored by the other', (bytes, fault) => {
  expect(buffer(SPEC, bytes).fault).toBe(fault);
  expect(buffer(SPEC, bytes).take()).toEqual(bytes);
  expect(buffer(QEMU, bytes).take()).toBeUndefined();
});

describe('QEMU', () => {
  test('keeps a request, with the NetFn/LUN byte in place of its sequence number', () => {
    const requests = buffer(QEMU);

    expect(requests.take()).toEqual(REQUEST);
    expect(requests.take()).toEqual([3, 0x18, 0x18, 0x01]);
  });

  test('spoils no Get BT Interface Capabilities at LUN 0', () => {
    const requests = buffer(QEMU, [3, 0x18, 0x5a, 0x36]);

    expect([requests.take(), requests.take()]).toEqual([
      [3, 0x18, 0x5a, 0x36],
      [3, 0x18, 0x5a, 0x36],
    ]);
  });
});
