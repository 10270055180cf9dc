/** The turnstile alone, without a driver: when it keeps the lock, to the millisecond. */

import { describe, expect, test } from 'vitest';

import { AT_ONCE, NEVER } from '../../src/driver/loop.ts';
import { LOCK_BURST_MS, LOCK_PATIENCE_MS, Turnstile } from '../../src/share/arbiter.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { SharedLock } from '../support/shared-lock.ts';

/** The turnstile of process `a`; `queueUp` makes process `b` wait behind it. */
function rig(timeoutMs = 3000) {
  const lock = new SharedLock();
  const turnstile = new Turnstile(lock.as('a'), timeoutMs);
  const queueUp = (): void => {
    lock.as('b').tryAcquire(false);
  };
  return { lock, turnstile, queueUp };
}

describe('while there is work', () => {
  test('the lock is kept for 100 ms, and then let go to who waits', () => {
    const { lock, turnstile, queueUp } = rig();
    expect(turnstile.pass(0)).toBe(AT_ONCE);
    queueUp();

    expect([turnstile.pass(99.9), lock.holder]).toEqual([AT_ONCE, 'a']);

    expect([turnstile.pass(100), lock.holder]).toEqual([101, undefined]);
    expect([turnstile.isOpen, turnstile.waitingSinceMs]).toEqual([false, 100]);
  });

  test('it is kept for another 100 ms when nobody waits', () => {
    const { lock, turnstile, queueUp } = rig();
    for (const ms of [0, 100]) expect(turnstile.pass(ms)).toBe(AT_ONCE);
    queueUp();

    expect([turnstile.pass(199.9), lock.holder]).toEqual([AT_ONCE, 'a']);

    turnstile.pass(200);
    expect(lock.holder).toBeUndefined();
  });
});

describe('at rest', () => {
  test('the lock is kept for 50 ms, also from who waits', () => {
    const { lock, turnstile, queueUp } = rig();
    turnstile.pass(0);
    queueUp();

    expect([turnstile.rest(10), turnstile.rest(59.9), lock.holder]).toEqual([60, 60, 'a']);

    expect([turnstile.rest(60), lock.holder]).toEqual([NEVER, undefined]);
  });

  test('it is let go when its 100 ms are over and somebody waits', () => {
    const { lock, turnstile, queueUp } = rig();
    turnstile.pass(0);
    turnstile.pass(90);
    expect(turnstile.rest(LOCK_BURST_MS)).toBe(LOCK_BURST_MS + 50);
    queueUp();

    expect([turnstile.rest(LOCK_BURST_MS), lock.holder]).toEqual([NEVER, undefined]);
  });

  test('nothing is let go that is not had', () => {
    const { turnstile } = rig();

    expect(turnstile.rest(0)).toBe(NEVER);
  });
});

describe('while somebody else has the lock', () => {
  test('it is asked for when it said, and no earlier', () => {
    const { lock, turnstile } = rig();
    lock.holder = 'other';
    expect(turnstile.pass(0)).toBe(1);

    expect([turnstile.pass(0.9), lock.refusals]).toEqual([1, 1]);

    expect([turnstile.pass(1), lock.refusals]).toEqual([3, 2]);
  });

  test.each([
    [LOCK_PATIENCE_MS - 0.1, false],
    [LOCK_PATIENCE_MS, true],
  ])('a lock that is free but not ours is had after %d ms: %s', (ms, isHad) => {
    const { lock, turnstile } = rig();
    lock.next = 'stopped';
    turnstile.pass(0);

    expect(turnstile.pass(ms) === AT_ONCE).toBe(isHad);
    expect(turnstile.isOpen).toBe(isHad);
  });

  test('enter() asks again and again, and is in soon after it is let go', async () => {
    const clock = new VirtualClock();
    const { lock, turnstile } = rig();
    lock.as('other').tryAcquire(false);
    clock.timer(40, () => {
      lock.as('other').release();
    });

    await clock.until(turnstile.enter(clock, { deadlineMs: Infinity, signal: undefined }));

    // At 0, 1, 3, 7, 15, 31 and 51 ms.
    expect([turnstile.isOpen, clock.now()]).toEqual([true, 51]);
  });

  test('enter() says for how long it waited, whatever the clock said when it began', async () => {
    const clock = new VirtualClock();
    clock.skip(5000);
    const { lock, turnstile } = rig();
    lock.holder = 'other';

    const entered = turnstile.enter(clock, { deadlineMs: Infinity, signal: undefined });

    await expect(clock.until(entered)).rejects.toThrow(/has had the interface for 3000 ms;/);
  });

  test('who has it is said as far as the lock knows', () => {
    const { lock, turnstile } = rig();
    expect(turnstile.holder()).toBe('another process');

    lock.holder = 'other';

    expect(turnstile.holder()).toBe('pid 111 (other)');
  });
});

test('our turns are told apart, and from that of another process', () => {
  const { turnstile } = rig();
  const turns = [turnstile.turn];
  for (const ms of [0, 50, 200]) {
    turnstile.pass(ms);
    turns.push(turnstile.turn);
    // Its rest is over at the second and third call.
    turnstile.rest(ms + 1);
    turnstile.rest(ms + (ms === 0 ? 2 : 51));
    turns.push(turnstile.turn);
  }

  expect(turns).toEqual([undefined, 1, 1, 1, undefined, 2, undefined]);
});

test('close() lets go for good', () => {
  const { lock, turnstile } = rig();
  turnstile.pass(0);

  turnstile.close();

  expect([turnstile.isOpen, turnstile.mustLetGo, lock.holder]).toEqual([false, false, undefined]);
});

test('that the BMC was lost is told by who has the interface, and not to himself', () => {
  const { lock, turnstile } = rig();
  turnstile.spreadNews();
  expect(lock.losses).toBe(0);

  turnstile.pass(0);
  turnstile.spreadNews();
  turnstile.rest(0);
  turnstile.rest(50);
  turnstile.pass(60);

  expect([lock.losses, turnstile.takeNews()]).toEqual([1, false]);
});

test('who has closed it while waiting to enter is told so, and leaves the lock alone', async () => {
  const { lock, turnstile } = rig();
  const clock = new VirtualClock();
  lock.holder = 'other';
  const entering = turnstile.enter(clock, { deadlineMs: 3000, signal: undefined });
  await clock.pass(100);

  turnstile.close();
  lock.holder = undefined;

  await expect(clock.until(entering)).rejects.toMatchObject({ code: 'DEVICE_CLOSED' });
  expect([lock.holder, lock.next, turnstile.isOpen]).toEqual([undefined, undefined, false]);
});
