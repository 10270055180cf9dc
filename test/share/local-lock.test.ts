/** Devices of one process that share a simulated BMC: whose turn it is among them. */

import { expect, test } from 'vitest';

import { LocalLocks } from '../../src/share/local-lock.ts';

function twoLocks() {
  const locks = new LocalLocks();
  return [locks.newLock(), locks.newLock(), locks.newLock()] as const;
}

test('one has it, and the others wait in the order in which they asked', () => {
  const [a, b, c] = twoLocks();
  expect([a.tryAcquire(false), b.tryAcquire(false), c.tryAcquire(false)]).toEqual([
    ...[true, false, false],
  ]);
  expect([a.isWanted(), b.isNext, c.isNext]).toEqual([true, true, false]);
  a.release();
  expect([c.tryAcquire(false), b.isNext]).toEqual([false, true]);

  expect([c.tryAcquire(false), b.tryAcquire(false)]).toEqual([false, true]);
  b.release();
  expect([c.tryAcquire(false), c.tryAcquire(false), c.isWanted()]).toEqual([true, true, false]);
});

test('one that comes out of turn does not wait for the line, but for the holder', () => {
  const [a, b, c] = twoLocks();
  a.tryAcquire(false);
  b.tryAcquire(false);
  expect(c.tryAcquire(true)).toBe(false);
  a.release();

  expect(c.tryAcquire(true)).toBe(true);
  expect(b.isNext).toBe(true);
});

test('closing gives up the lock and the place in line', () => {
  const [a, b, c] = twoLocks();
  for (const lock of [a, b, c]) lock.tryAcquire(false);
  b.close();
  expect(c.tryAcquire(true)).toBe(false);
  a.close();

  expect(c.tryAcquire(false)).toBe(true);
  expect([c.isShared, c.isValid(), c.holder()]).toEqual([true, true, undefined]);
});

test('losses of the BMC and sequence numbers are known to all', () => {
  const [a, b] = twoLocks();
  a.tryAcquire(false);
  a.countLoss();
  const used = a.numbers.take();
  a.release();
  b.tryAcquire(false);

  expect(b.losses).toBe(1);
  expect(b.numbers.take()).not.toBe(used);
});

test('the one that gives it up does not cost another its place in line', () => {
  const [a, b] = twoLocks();
  a.tryAcquire(false);
  b.tryAcquire(false);
  a.release();

  expect([a.isWanted(), b.isNext]).toEqual([true, true]);
});
