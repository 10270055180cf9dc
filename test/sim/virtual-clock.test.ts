/** The virtual clock: exact times, the right order, and a word when nothing can happen any more. */

import { expect, test } from 'vitest';

import { sleep, systemClock } from '../../src/clock.ts';
import { TURN_MS, VirtualClock } from '../../src/sim/virtual-clock.ts';

test('jumps from timer to timer in the order they are due', async () => {
  const clock = new VirtualClock();
  const seen: [string, number][] = [];
  clock.timer(30, () => seen.push(['late', clock.now()]));
  clock.timer(10, () => seen.push(['early', clock.now()]));
  clock.turn(() => seen.push(['turn', clock.now()]));

  await clock.until(sleep(clock, 30));

  expect(seen).toEqual([
    ['turn', TURN_MS],
    ['early', 10],
    ['late', 30],
  ]);
});

test('a cancelled timer does not fire and is not pending', async () => {
  const clock = new VirtualClock();
  const cancel = clock.timer(5, () => {
    throw new Error('fired');
  });
  cancel();
  cancel();

  expect(clock.pending).toBe(0);
  await clock.pass(10);
  expect(clock.now()).toBe(10);
});

test('until() throws when nothing is left that could settle the promise', async () => {
  const clock = new VirtualClock();
  const never = new Promise(() => undefined);

  await expect(clock.until(never)).rejects.toThrow('deadlock at 0 ms');
});

test('pass() stops at its end, skip() makes no callback', async () => {
  const clock = new VirtualClock();
  const seen: number[] = [];
  clock.timer(5, () => seen.push(clock.now()));
  clock.timer(15, () => seen.push(clock.now()));

  await clock.pass(10);
  expect(seen).toEqual([5]);
  clock.skip(100);
  expect(seen).toEqual([5]);
  await clock.pass(0);
  expect(seen).toEqual([5, 110]);
});

test('sleep() rejects when its signal aborts, before or meanwhile, and leaves no timer', async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const sleeping = sleep(clock, 50, controller.signal);
  controller.abort('enough');

  await expect(sleeping).rejects.toMatchObject({ code: 'REQUEST_ABORTED', cause: 'enough' });
  await expect(sleep(clock, 50, controller.signal)).rejects.toThrow('aborted by the caller');
  expect(clock.pending).toBe(0);
});

test('the system clock is monotonic, turns and fires, and takes both back', async () => {
  const startMs = systemClock.now();
  const seen: string[] = [];
  systemClock.turn(() => seen.push('no turn'))();
  systemClock.timer(0, () => seen.push('no timer'), true)();

  await new Promise<void>((resolve) => {
    systemClock.turn(() => {
      systemClock.timer(1, resolve, true);
    });
  });

  expect(seen).toEqual([]);
  expect(systemClock.now()).toBeGreaterThan(startMs);
});
