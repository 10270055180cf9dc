/** The queue of requests: order, bound, deadlines, and leaving early. */

import { expect, test } from 'vitest';

import { RequestQueue } from '../../src/driver/queue.ts';
import { PendingRequest } from '../../src/driver/pending-request.ts';
import { GET_DEVICE_ID } from '../support/rig.ts';

/** Times differ, because `toEqual` takes two that look alike for one. */
function waiting(timeoutMs: number, internal = false, nowMs = 0): PendingRequest {
  const options = { retries: 0, internal };
  return new PendingRequest(GET_DEVICE_ID, options, { nowMs, timeoutMs });
}

function filled(...requests: PendingRequest[]): RequestQueue {
  return held(new Set(), ...requests);
}

/** A queue whose callers' requests wait while there are doubts. */
function held(doubts: ReadonlySet<string>, ...requests: PendingRequest[]): RequestQueue {
  const queue = new RequestQueue(256, doubts);
  for (const pending of requests) queue.push(pending);
  return queue;
}

test('gives requests out in the order they came, internal ones first', () => {
  const [a, b, c, d] = [waiting(1), waiting(2, true), waiting(3), waiting(4, true)];
  const queue = filled(a, b, c, d);

  expect([1, 2, 3, 4, 5].map(() => queue.shift())).toEqual([b, d, a, c, undefined]);
});

test('keeps the order of requests that come after it ran empty, or in between', () => {
  const [a, b, c, d] = [waiting(1), waiting(2), waiting(3), waiting(4)];
  const queue = filled(a);

  expect(queue.shift()).toBe(a);
  queue.push(b);
  queue.push(c);
  expect(queue.shift()).toBe(b);
  queue.push(d);
  expect([queue.shift(), queue.shift(), queue.shift()]).toEqual([c, d, undefined]);
});

test('in doubt, gives out internal requests only', () => {
  const [a, b] = [waiting(1), waiting(2, true)];
  const doubts = new Set(['one', 'another']);
  const queue = held(doubts, a, b);

  expect([queue.shift(), queue.shift()]).toEqual([b, undefined]);
  doubts.delete('one');
  expect(queue.shift()).toBeUndefined();
  doubts.delete('another');
  expect(queue.shift()).toBe(a);
});

test('is full by callers alone: internal requests do not count', () => {
  const queue = new RequestQueue(2, new Set());
  queue.push(waiting(1, true));
  queue.push(waiting(2));
  expect(queue.full).toBe(false);

  queue.push(waiting(3));

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

test('knows since when the oldest has been waiting, internal or not', () => {
  const [caller, internal] = [waiting(1, false, 3), waiting(2, true, 2)];

  expect(filled().oldestMs).toBe(Infinity);
  expect(filled(caller).oldestMs).toBe(3);
  expect(filled(internal).oldestMs).toBe(2);
  expect(filled(caller, internal).oldestMs).toBe(2);
});

test('lets any request leave, once', () => {
  const [a, b, c, d] = [waiting(1), waiting(2), waiting(3), waiting(4)];
  const queue = filled(a, b, c, d);

  expect([queue.remove(b), queue.remove(b)]).toEqual([true, false]);
  expect([queue.remove(a), queue.remove(a)]).toEqual([true, false]);
  expect(queue.takeAll()).toEqual([c, d]);
  expect(queue.size).toBe(0);
});

test('puts one back in front of all others, or behind them, internal ones apart', () => {
  const [a, b, c, d] = [waiting(1), waiting(2), waiting(3), waiting(4, true)];
  const queue = filled(a, b, c, d);
  expect([queue.shift(), queue.shift()]).toEqual([d, a]);

  queue.putBack(a, 'first');
  queue.putBack(d, 'first');
  expect([queue.shift(), queue.shift()]).toEqual([d, a]);

  queue.putBack(a, 'last');
  queue.putBack(d, 'last');
  expect([1, 2, 3, 4, 5].map(() => queue.shift())).toEqual([d, b, c, a, undefined]);
});

test('keeps the order when one is put back over and over while others come and go', () => {
  const all = Array.from({ length: 6 }, (_, index) => waiting(index));
  const [a, b, c, d, e, f] = all;
  const queue = filled(...all.slice(0, 4));

  const order = [];
  for (const came of [e, f, undefined]) {
    const first = queue.shift();
    if (first !== undefined) queue.putBack(first, 'first');
    order.push(queue.shift());
    if (came !== undefined) queue.push(came);
  }

  expect(order).toEqual([a, b, c]);
  expect(queue.takeAll()).toEqual([d, e, f]);
});

test('knows the deadline of one that was put back', () => {
  for (const place of ['first', 'last'] as const) {
    const one = waiting(30);
    const queue = filled(one);
    queue.shift();

    queue.putBack(one, place);

    expect(queue.earliestDeadlineMs).toBe(30);
    expect(queue.takeExpired(30)).toEqual([one]);
  }
});

test('knows when the next one may be sent', () => {
  const [caller, internal] = [waiting(1), waiting(2, true)];
  caller.notBeforeMs = 7;
  internal.notBeforeMs = 3;

  expect(filled().notBeforeMs).toBe(0);
  expect(filled(caller).notBeforeMs).toBe(7);
  expect(filled(caller, internal).notBeforeMs).toBe(3);
  const doubts = new Set(['one']);
  const queue = held(doubts, caller);
  expect([queue.notBeforeMs, queue.hasNext, queue.isHeld, queue.callers]).toEqual([
    0,
    false,
    true,
    1,
  ]);
  doubts.clear();
  expect([queue.notBeforeMs, queue.hasNext, queue.isHeld]).toEqual([7, true, false]);
});

test('those that stay expire, whoever leaves before', () => {
  const [a, b, c] = [waiting(30), waiting(20), waiting(10)];
  const queue = filled(a, b, c);

  queue.shift();
  queue.remove(b);

  expect(queue.takeExpired(10)).toEqual([c]);
});
