/** Sequence numbers: which is next, which are kept out of use, and what the next process knows. */

import { describe, expect, test } from 'vitest';

import {
  OWED_MAX,
  STORED_BYTES,
  SequenceNumbers,
  memoryStore,
} from '../../src/share/sequence-numbers.ts';
import type { SequenceStore } from '../../src/share/sequence-numbers.ts';
import { Rng } from '../../src/sim/rng.ts';

/** The next process at `store`. */
function successor(store: SequenceStore, first = 99): SequenceNumbers {
  const numbers = new SequenceNumbers(first, store);
  numbers.renew();
  return numbers;
}

describe('in one process', () => {
  test('they begin with the first, and go round', () => {
    const numbers = new SequenceNumbers(254);

    expect([1, 2, 3, 4].map(() => numbers.take())).toEqual([254, 255, 0, 1]);
  });

  test('one that the BMC did not get is taken again', () => {
    const numbers = new SequenceNumbers(0);
    numbers.putBack(numbers.take());

    expect(numbers.take()).toBe(0);
    expect(numbers.take()).toBe(1);
    // Only the last one can be put back.
    numbers.putBack(0);
    expect(numbers.take()).toBe(2);
  });

  test('one that is owed a reply is not taken again, however often the others are', () => {
    const numbers = new SequenceNumbers(7);
    numbers.owe(numbers.take());
    const taken = Array.from({ length: 1000 }, () => numbers.take());

    expect(taken).not.toContain(7);
    expect(new Set(taken).size).toBe(255);
    expect([numbers.isOwed(7), numbers.isOwed(8)]).toEqual([true, false]);
  });

  test('one that is owed cannot be put back', () => {
    const numbers = new SequenceNumbers(7);
    const seq = numbers.take();
    numbers.owe(seq);
    numbers.putBack(seq);

    expect(numbers.take()).toBe(8);
  });

  test('when too many are owed, the one that is owed the longest is used again', () => {
    const numbers = new SequenceNumbers(0);
    for (let count = 0; count < OWED_MAX; count += 1) numbers.owe(numbers.take());
    expect(numbers.isOwed(0)).toBe(true);
    // Owed anew: now it is the youngest.
    numbers.owe(0);
    numbers.owe(numbers.take());

    expect([numbers.isOwed(0), numbers.isOwed(1), numbers.isOwed(2)]).toEqual([true, false, true]);
    const taken = new Set(Array.from({ length: 1000 }, () => numbers.take()));
    expect(taken.size).toBe(256 - OWED_MAX);
    expect(taken.has(1)).toBe(true);
  });
});

describe('from one process to the next', () => {
  test('the numbers go on, whatever the next one would begin with', () => {
    const store = memoryStore();
    const first = successor(store, 10);
    first.take();
    first.rest();

    expect(successor(store).take()).toBe(11);
  });

  test('one that ended with a request at the BMC leaves its number owed', () => {
    const store = memoryStore();
    successor(store, 10).take();
    const second = successor(store);

    expect(second.isOwed(10)).toBe(true);
    second.rest();
    // It is not owed again, and the next process knows the same.
    const third = successor(store);
    expect([third.isOwed(10), third.isOwed(11), third.take()]).toEqual([true, false, 11]);
  });

  test('one that ended with its request answered leaves none owed', () => {
    const store = memoryStore();
    const first = successor(store, 10);
    first.take();
    first.rest();
    first.rest();

    expect(successor(store).isOwed(10)).toBe(false);
  });

  test('processes that take turns and are killed never take a number that is owed', () => {
    const rng = new Rng(1);
    const store = memoryStore();
    const owed: number[] = [];
    let process = successor(store, 0);
    for (let turn = 0; turn < 5000; turn += 1) {
      const seq = process.take();
      expect(owed.slice(-OWED_MAX + 1)).not.toContain(seq);
      if (rng.chance(10)) owed.push(seq);
      if (rng.chance(10)) {
        // Killed: the request may be at the BMC.
        if (owed.at(-1) !== seq) owed.push(seq);
        process = successor(store);
      } else {
        if (owed.at(-1) === seq) process.owe(seq);
        process.rest();
        if (rng.chance(30)) process = successor(store);
      }
    }
    expect(owed.length).toBeGreaterThan(OWED_MAX);
  });
});

describe('a store', () => {
  const damages: readonly [string, Uint8Array | undefined][] = [
    ['nothing', undefined],
    ['no bytes', new Uint8Array()],
    ['another version', Uint8Array.of(2, 50, 0, 0)],
    ['fewer numbers than it says', Uint8Array.of(1, 50, 0, 3, 1, 2)],
    ['more numbers than there can be', new Uint8Array(300).fill(255).with(0, 1)],
  ];

  test.each(damages)('with %s in it counts as empty', (_, stored) => {
    const numbers = successor({ read: () => stored, write: () => true }, 5);

    expect(numbers.take()).toBe(5);
  });

  test('that takes nothing costs the next process its knowledge, and no request', () => {
    const inner = memoryStore();
    const full = { isFull: true };
    const store: SequenceStore = {
      read: () => inner.read(),
      write: (bytes, count) => !full.isFull && inner.write(bytes, count),
    };
    const numbers = successor(store, 5);
    numbers.owe(numbers.take());
    numbers.renew();
    expect([numbers.isOwed(5), numbers.take()]).toEqual([true, 6]);

    full.isFull = false;
    numbers.rest();
    const next = successor(store);
    expect([next.isOwed(5), next.isOwed(6), next.take()]).toEqual([true, false, 7]);
  });

  test.each(damages)('in which %s is left is given all that its user knows', (_, left) => {
    const inner = memoryStore();
    const lost = { isLost: false };
    const store: SequenceStore = {
      read: () => (lost.isLost ? left : inner.read()),
      write: (bytes, count) => inner.write(bytes, count),
    };
    const numbers = successor(store, 5);
    numbers.owe(numbers.take());
    inner.write(new Uint8Array(STORED_BYTES), STORED_BYTES);
    lost.isLost = true;

    numbers.renew();
    expect(numbers.take()).toBe(6);
    numbers.rest();
    lost.isLost = false;
    const next = successor(store);
    expect([next.isOwed(5), next.isOwed(6), next.take()]).toEqual([true, false, 7]);
  });

  test('that was full for one process alone loses nothing of any', () => {
    const inner = memoryStore();
    const full = { isFull: true };
    const poor = successor(
      {
        read: () => inner.read(),
        write: (bytes, count) => !full.isFull && inner.write(bytes, count),
      },
      5,
    );
    poor.owe(poor.take());
    const other = successor(inner, 100);
    other.owe(other.take());
    other.rest();

    full.isFull = false;
    poor.renew();
    poor.take();
    poor.rest();

    const next = successor(inner);
    expect([5, 100, 101].map((seq) => next.isOwed(seq))).toEqual([true, true, false]);
  });

  test('keeps the numbers in the order in which they were owed, each once', () => {
    const inner = memoryStore();
    const full = { isFull: false };
    const poor = successor(
      {
        read: () => inner.read(),
        write: (bytes, count) => !full.isFull && inner.write(bytes, count),
      },
      5,
    );
    for (let count = 0; count < 2; count += 1) poor.owe(poor.take());
    poor.owe(6);
    poor.rest();
    full.isFull = true;
    poor.owe(7);
    const other = successor(inner);
    other.owe(100);

    full.isFull = false;
    poor.renew();

    expect([...(inner.read() ?? [])].slice(3, 9)).toEqual([4, 5, 6, 100, 7, 0]);
  });

  test('is written for what has changed only', () => {
    const inner = memoryStore();
    const counts: number[] = [];
    const write: SequenceStore['write'] = (bytes, count) => {
      counts.push(count);
      return inner.write(bytes, count);
    };
    const numbers = successor({ read: () => inner.read(), write }, 5);
    numbers.take();
    numbers.take();
    numbers.rest();
    numbers.rest();
    numbers.renew();
    numbers.take();

    expect(counts).toEqual([STORED_BYTES, 4, 4, 4]);
  });
});
