/** The bounded queue of an open file. */

import { expect, test } from 'vitest';

import { OUTSTANDING_MAX, ReceiveQueue } from '../../../src/serve/ipmidev/receive-queue.ts';
import type { ReceivedMessage } from '../../../src/serve/ipmidev/receive-queue.ts';

function message(type: ReceivedMessage['type'], cmd = 1): ReceivedMessage {
  const none = new Uint8Array();
  return { type, address: none, messageId: 0n, netFn: 7, cmd, data: none };
}

test.each([1, 4] as const)('an answer of type %i has its room until it is taken', (type) => {
  const queue = new ReceiveQueue();
  for (let sent = 0; sent < OUTSTANDING_MAX; sent += 1) queue.reserve();
  queue.answer(message(type));
  const before = queue.isFull;

  queue.take();

  expect([before, queue.isFull]).toEqual([true, false]);
});

test.each([2, 3] as const)(
  'messages of type %i take no room of answers, nor answers theirs',
  (type) => {
    const queue = new ReceiveQueue();
    const offered = Array.from({ length: 101 }, () => queue.offer(message(type)));
    queue.reserve();

    queue.take();

    expect(offered.filter((isTaken) => isTaken)).toHaveLength(100);
    expect([queue.isFull, queue.offer(message(type)), queue.offer(message(type))]).toEqual([
      ...[false, true, false],
    ]);
  },
);

test('messages are taken in order, of whatever type', () => {
  const queue = new ReceiveQueue();
  queue.reserve();
  queue.offer(message(2, 1));
  queue.answer(message(1, 2));
  queue.offer(message(3, 3));
  const cmds: (number | undefined)[] = [];

  for (let taken = 0; taken < 4; taken += 1) {
    cmds.push(queue.head?.cmd);
    queue.take();
  }

  expect(cmds).toEqual([1, 2, 3, undefined]);
});

test('a queue that is cleared is empty', () => {
  const queue = new ReceiveQueue();
  queue.offer(message(2));

  queue.clear();

  expect(queue.head).toBeUndefined();
});
