/** The queue of requests: order, bound, deadlines, and leaving early. */

import { expect, test } from 'vitest';

import { RequestQueue } from '../src/bt/queue.ts';
import { Transaction } from '../src/bt/transaction.ts';
import { GET_DEVICE_ID } from './rig.ts';

function waiting(timeoutMs: number, internal = false): Transaction {
  const options = {
    retries: 0,
    timeoutMs,
    nowMs: 0,
    internal,
    signal: undefined,
    acknowledges: false,
  };
  return new Transaction(GET_DEVICE_ID, options);
}

function filled(...transactions: Transaction[]): RequestQueue {
  const queue = new RequestQueue(256);
  for (const transaction of transactions) queue.push(transaction);
  return queue;
}

test('gives requests out in the order they came, internal ones first', () => {
  const [a, b, c, d] = [waiting(9), waiting(9, true), waiting(9), waiting(9, true)];
  const queue = filled(a, b, c, d);

  expect([1, 2, 3, 4, 5].map(() => queue.shift())).toEqual([b, d, a, c, undefined]);
});

test('while held, gives out internal requests only', () => {
  const [a, b] = [waiting(9), waiting(9, true)];
  const queue = filled(a, b);
  queue.hold(true);

  expect([queue.shift(), queue.shift()]).toEqual([b, undefined]);
  queue.hold(false);
  expect(queue.shift()).toBe(a);
});

test('is full by callers alone: internal requests do not count', () => {
  const queue = new RequestQueue(2);
  queue.push(waiting(9, true));
  queue.push(waiting(9));
  expect(queue.full).toBe(false);

  queue.push(waiting(9));

  expect(queue.full).toBe(true);
  expect(queue.size).toBe(3);
});

test('takes out those whose time has come, and knows when the next one is due', () => {
  const [a, b, c] = [waiting(30), waiting(10), waiting(20, true)];
  const queue = filled(a, b, c);
  expect(queue.earliestDeadlineMs).toBe(10);

  expect(queue.takeExpired(9.9)).toEqual([]);
  expect(queue.takeExpired(20)).toEqual([c, b]);
  expect(queue.earliestDeadlineMs).toBe(30);
  expect(queue.takeExpired(30)).toEqual([a]);
  expect(queue.earliestDeadlineMs).toBe(Infinity);
});

test('has no deadline when it is empty, however it came to be', () => {
  const [a, b] = [waiting(10), waiting(10)];
  const queue = filled(a, b);
  queue.shift();
  queue.shift();

  expect(queue.earliestDeadlineMs).toBe(Infinity);
});

test('lets any request leave, once', () => {
  const [a, b, c] = [waiting(9), waiting(9), waiting(9)];
  const queue = filled(a, b, c);

  expect([queue.remove(b), queue.remove(b)]).toEqual([true, false]);
  expect(queue.takeAll()).toEqual([a, c]);
  expect(queue.size).toBe(0);
});
