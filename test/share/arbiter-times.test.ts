/** The arbiter alone, without a driver: when it keeps the lock, to the millisecond. */

import { describe, expect, test } from 'vitest';

import { AT_ONCE, NEVER } from '../../src/clock.ts';
import { LOCK_BURST_MS, LOCK_PATIENCE_MS, Arbiter } from '../../src/share/arbiter.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { SharedLock } from '../support/shared-lock.ts';

/** The arbiter of process `a`; `queueUp` makes process `b` wait behind it. */
function rig(timeoutMs = 3000) {
  const lock = new SharedLock();
  const arbiter = new Arbiter(lock.as('a'), timeoutMs);
  const queueUp = (): void => {
    lock.as('b').tryAcquire(false);
  };
  return { lock, arbiter, queueUp };
}

describe('while there is work', () => {
  test('the lock is kept for 100 ms, and then let go to who waits', () => {
    const { lock, arbiter, queueUp } = rig();
    expect(arbiter.tryAcquire(0)).toBe(AT_ONCE);
    queueUp();

    expect([arbiter.tryAcquire(99.9), lock.holder]).toEqual([AT_ONCE, 'a']);

    expect([arbiter.tryAcquire(100), lock.holder]).toEqual([101, undefined]);
    expect([arbiter.isOurs, arbiter.waitingSinceMs]).toEqual([false, 100]);
  });

  test('it is kept for another 100 ms when nobody waits', () => {
    const { lock, arbiter, queueUp } = rig();
    for (const ms of [0, 100]) expect(arbiter.tryAcquire(ms)).toBe(AT_ONCE);
    queueUp();

    expect([arbiter.tryAcquire(199.9), lock.holder]).toEqual([AT_ONCE, 'a']);

    arbiter.tryAcquire(200);
    expect(lock.holder).toBeUndefined();
  });
});

describe('a lock whose file was removed', () => {
  test.each([false, true])('is given up before the next request, kept or not (%j)', (isKept) => {
    const { lock, arbiter } = rig();
    arbiter.tryAcquire(0);
    arbiter.keep(isKept);
    lock.isRemoved = true;

    expect([arbiter.tryAcquire(1), lock.holders, arbiter.turn]).toEqual([AT_ONCE, ['a', 'a'], 2]);
  });
});

describe('at rest', () => {
  test('the lock is kept for 50 ms, also from who waits', () => {
    const { lock, arbiter, queueUp } = rig();
    arbiter.tryAcquire(0);
    queueUp();

    expect([arbiter.idle(10), arbiter.idle(59.9), lock.holder]).toEqual([60, 60, 'a']);

    expect([arbiter.idle(60), lock.holder]).toEqual([NEVER, undefined]);
  });

  test('it is let go when its 100 ms are over and somebody waits', () => {
    const { lock, arbiter, queueUp } = rig();
    arbiter.tryAcquire(0);
    arbiter.tryAcquire(90);
    expect(arbiter.idle(LOCK_BURST_MS)).toBe(LOCK_BURST_MS + 50);
    queueUp();

    expect([arbiter.idle(LOCK_BURST_MS), lock.holder]).toEqual([NEVER, undefined]);
  });

  test('nothing is let go that is not had', () => {
    const { arbiter } = rig();

    expect(arbiter.idle(0)).toBe(NEVER);
  });
});

describe('while somebody else has the lock', () => {
  test('it is asked for when it said, and no earlier', () => {
    const { lock, arbiter } = rig();
    lock.holder = 'other';
    expect(arbiter.tryAcquire(0)).toBe(1);

    expect([arbiter.tryAcquire(0.9), lock.refusals]).toEqual([1, 1]);

    expect([arbiter.tryAcquire(1), lock.refusals]).toEqual([3, 2]);
  });

  test.each([
    [LOCK_PATIENCE_MS - 0.1, false],
    [LOCK_PATIENCE_MS, true],
  ])('a lock that is free but not ours is had after %d ms: %s', (ms, isHad) => {
    const { lock, arbiter } = rig();
    lock.next = 'stopped';
    arbiter.tryAcquire(0);

    expect(arbiter.tryAcquire(ms) === AT_ONCE).toBe(isHad);
    expect(arbiter.isOurs).toBe(isHad);
  });

  test('enter() asks again and again, and is in soon after it is let go', async () => {
    const clock = new VirtualClock();
    const { lock, arbiter } = rig();
    lock.as('other').tryAcquire(false);
    clock.timer(40, () => {
      lock.as('other').release();
    });

    await clock.until(arbiter.acquire(clock, { deadlineMs: Infinity, signal: undefined }));

    // At 0, 1, 3, 7, 15, 31 and 51 ms.
    expect([arbiter.isOurs, clock.now()]).toEqual([true, 51]);
  });

  test('enter() says for how long it waited, whatever the clock said when it began', async () => {
    const clock = new VirtualClock();
    clock.skip(5000);
    const { lock, arbiter } = rig();
    lock.holder = 'other';

    const entered = arbiter.acquire(clock, { deadlineMs: Infinity, signal: undefined });

    await expect(clock.until(entered)).rejects.toThrow(/has had the interface for 3000 ms;/);
  });

  test('who has it is said as far as the lock knows', () => {
    const { lock, arbiter } = rig();
    expect(arbiter.holder()).toBe('another process');

    lock.holder = 'other';

    expect(arbiter.holder()).toBe('pid 111 (other)');
  });
});

test('our turns are told apart, and from that of another process', () => {
  const { arbiter } = rig();
  const turns = [arbiter.turn];
  for (const ms of [0, 50, 200]) {
    arbiter.tryAcquire(ms);
    turns.push(arbiter.turn);
    // Its rest is over at the second and third call.
    arbiter.idle(ms + 1);
    arbiter.idle(ms + (ms === 0 ? 2 : 51));
    turns.push(arbiter.turn);
  }

  expect(turns).toEqual([undefined, 1, 1, 1, undefined, 2, undefined]);
});

test('a closed arbiter has let go, and gives nothing out any more', () => {
  const { lock, arbiter, queueUp } = rig();
  arbiter.tryAcquire(0);

  arbiter.close();
  arbiter.close();

  expect([arbiter.isOurs, arbiter.mustRelease, lock.holder]).toEqual([false, false, undefined]);
  const dueMs = [arbiter.tryAcquire(1), arbiter.idle(2), arbiter.tryAcquire(1000)];
  expect(dueMs).toEqual([NEVER, NEVER, NEVER]);
  expect([arbiter.isOurs, arbiter.waitingSinceMs]).toEqual([false, undefined]);
  queueUp();
  expect(lock.holder).toBe('b');
});

test('that the BMC was lost is told by who has the interface, and not to himself', () => {
  const { lock, arbiter } = rig();
  arbiter.announceLoss();
  expect(lock.losses).toBe(0);

  arbiter.tryAcquire(0);
  arbiter.announceLoss();
  arbiter.idle(0);
  arbiter.idle(50);
  arbiter.tryAcquire(60);

  expect([lock.losses, arbiter.takeLossNotice()]).toEqual([1, false]);
});

test('a loss that another process has counted is noticed once, at the next turn', () => {
  const { lock, arbiter } = rig();
  const other = lock.as('b');
  lock.losses = 3;
  arbiter.tryAcquire(0);
  // Before its first turn, this process knew nothing that could be outdated.
  expect(arbiter.takeLossNotice()).toBe(false);
  arbiter.idle(0);
  arbiter.idle(50);
  other.tryAcquire(false);
  other.countLoss();
  other.release();

  arbiter.tryAcquire(60);

  expect([arbiter.takeLossNotice(), arbiter.takeLossNotice()]).toEqual([true, false]);
});

test('a wait that was aborted before it began does not take the lock', async () => {
  const { lock, arbiter } = rig();
  const clock = new VirtualClock();
  const signal = AbortSignal.abort('enough');

  const wait = arbiter.acquire(clock, { deadlineMs: 100, signal });

  await expect(wait).rejects.toMatchObject({ code: 'REQUEST_ABORTED', cause: 'enough' });
  expect([lock.holder, clock.pending]).toEqual([undefined, 0]);
  await arbiter.acquire(clock, { deadlineMs: 100, signal: new AbortController().signal });
  expect(lock.holder).toBe('a');
});

test('who has closed it while waiting to enter is told so, and leaves the lock alone', async () => {
  const { lock, arbiter } = rig();
  const clock = new VirtualClock();
  lock.holder = 'other';
  const entering = arbiter.acquire(clock, { deadlineMs: 3000, signal: undefined });
  await clock.pass(100);

  arbiter.close();
  lock.holder = undefined;

  await expect(clock.until(entering)).rejects.toMatchObject({ code: 'DEVICE_CLOSED' });
  expect([lock.holder, lock.next, arbiter.isOurs]).toEqual([undefined, undefined, false]);
});
