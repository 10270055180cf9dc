/** The loop: the order in which callbacks run, and that the event loop gets its turn. */

import { expect, test } from 'vitest';

import { Loop } from '../../src/driver/loop.ts';
import { AT_ONCE, NEVER } from '../../src/clock.ts';
import type { Work } from '../../src/driver/loop.ts';
import { TURN_MS, VirtualClock } from '../../src/sim/virtual-clock.ts';
import { TimerWake } from '../../src/driver/loop.ts';

/** Work whose every advance is written down and returns the next of `dues`, then `NEVER`. */
function loopOf(dues: readonly number[], each: (clock: VirtualClock) => void = () => undefined) {
  const clock = new VirtualClock();
  const times: number[] = [];
  const errors: unknown[] = [];
  const work: Work = {
    advance(nowMs) {
      times.push(nowMs);
      each(clock);
      return dues[times.length - 1] ?? NEVER;
    },
    isAwaited: () => true,
    crashed: (error) => errors.push(error),
  };
  const loop = new Loop(clock, work, (callback) => new TimerWake(clock, callback));
  return { clock, times, errors, loop };
}

test('goes on at once while there is something to finish', () => {
  const { loop, times } = loopOf([AT_ONCE, AT_ONCE]);

  loop.run(0);

  expect(times).toEqual([0, 0, 0]);
});

test('leaves what lies ready to the next turn when 1 ms of this one is used up', async () => {
  const { loop, times, clock } = loopOf(Array<number>(9).fill(AT_ONCE), (clock) => {
    clock.skip(0.5);
  });

  clock.turn(() => times.push(-1));

  loop.run(0);
  expect(times).toEqual([0, 0.5]);
  await clock.pass(10);

  expect(times.slice(0, 3)).toEqual([0, 0.5, -1]);
  expect(times).toHaveLength(10);
});

test('work asked for again and again in one turn is done for 3 ms of it', async () => {
  const { loop, times, clock } = loopOf([], (clock) => {
    clock.skip(0.8);
  });

  // As a caller does that awaits one request after the other.
  for (let calls = 0; calls < 10; calls += 1) loop.run(clock.now());

  expect(times).toHaveLength(4);
  await clock.pass(1);
  expect(times).toHaveLength(5);
});

test('a time in the future sets a timer, one not in the future takes the next turn', async () => {
  const { loop, times, clock } = loopOf([0, 5]);

  loop.run(0);
  expect(clock.pending).toBe(1);
  await clock.pass(10);

  expect(times).toEqual([0, TURN_MS, 5]);
});

test('a wait costs one timer and no turn', () => {
  const { loop, clock } = loopOf([5]);

  loop.run(0);

  expect(clock.pending).toBe(1);
});

test('runBy() sets the first timer, too', async () => {
  const { loop, times, clock } = loopOf([]);

  loop.runBy(40);
  await clock.pass(100);

  expect(times).toEqual([40]);
});

test('runBy() makes it earlier and never later', async () => {
  const { loop, times, clock } = loopOf([100]);
  loop.run(0);

  loop.runBy(200);
  loop.runBy(40);
  loop.runBy(60);
  await clock.pass(300);

  expect(times).toEqual([0, 40]);
});

test('a call from within the work is folded into it, and the work can tell', () => {
  const running: boolean[] = [];
  const { loop, times } = loopOf([], () => {
    running.push(loop.isRunning);
    loop.run(7);
  });

  loop.run(0);

  expect(times).toEqual([0]);
  expect([...running, loop.isRunning]).toEqual([true, false]);
});

test('tells of work that throws, and can run again', () => {
  const { loop, errors, times } = loopOf([], () => {
    if (times.length === 1) throw new Error('port');
  });

  loop.run(0);
  loop.run(1);

  expect(errors).toEqual([new Error('port')]);
  expect(times).toEqual([0, 1]);
});

test('stop() leaves no timer and no turn, and nothing runs after it', async () => {
  for (const due of [0, 50, AT_ONCE, NEVER]) {
    const { loop, times, clock } = loopOf([due, 60]);
    loop.run(0);

    loop.stop();
    loop.run(1);
    loop.runBy(2);

    expect(clock.pending).toBe(0);
    await clock.pass(100);
    expect(times.length).toBeGreaterThan(0);
    expect(times.length).toBeLessThanOrEqual(2);
  }
});

test.each([5, AT_ONCE, NEVER])('stop() from within the work that asks for %d is the end', (due) => {
  const { loop, times, clock } = loopOf([due], () => {
    loop.stop();
  });

  loop.run(0);

  expect(clock.pending).toBe(0);
  expect(times).toEqual([0]);
});

test.each([0, -5])(
  'a time that has come, such as %d, is left to the next turn: no timer',
  async (due) => {
    const { loop, times, clock } = loopOf([due]);
    const delays: number[] = [];
    const timer = clock.timer.bind(clock);
    clock.timer = (delayMs: number, callback: () => void) => {
      delays.push(delayMs);
      return timer(delayMs, callback);
    };

    loop.run(0);

    expect(delays).toEqual([]);
    await clock.pass(5);
    expect(times).toEqual([0, TURN_MS]);
  },
);

/** A timer of a loop, and the delays of all timers that it sets. */
function wakeOf() {
  const clock = new VirtualClock();
  const set: (readonly [delayMs: number, keepAlive: boolean | undefined])[] = [];
  const timer = clock.timer.bind(clock);
  clock.timer = (delayMs: number, callback: () => void, keepAlive?: boolean) => {
    set.push([delayMs, keepAlive]);
    return timer(delayMs, callback);
  };
  const calls: number[] = [];
  const wake = new TimerWake(clock, () => calls.push(clock.now()));
  return { clock, set, calls, wake };
}

test.each([10, 20])('a timer for 10 ms is kept when it is armed for %d', async (dueMs) => {
  const { clock, set, calls, wake } = wakeOf();
  wake.arm(10, true);
  wake.arm(dueMs, true);
  expect(set).toEqual([[10, true]]);
  await clock.pass(100);

  expect(calls).toEqual([10]);
});

test.each<[why: string, dueMs: number, keepAlive: boolean]>([
  ['an earlier time', 5, true],
  ['a process that may end', 10, false],
  ['a process that may end, and a later time', 20, false],
])('for %s another timer is set, and the first is none any more', async (_, dueMs, keepAlive) => {
  const { clock, set, calls, wake } = wakeOf();
  wake.arm(10, true);
  wake.arm(dueMs, keepAlive);
  expect(set).toEqual([
    [10, true],
    [dueMs, keepAlive],
  ]);
  await clock.pass(100);

  expect(calls).toEqual([dueMs]);
});

test('armed for never, it has no timer', () => {
  const { clock, set, wake } = wakeOf();
  wake.arm(Infinity, false);
  expect([set, wake.dueMs]).toEqual([[], Infinity]);
  wake.arm(10, true);
  wake.arm(Infinity, true);

  expect([clock.pending, wake.dueMs]).toEqual([0, Infinity]);
});
