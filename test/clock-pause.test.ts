/** A wait that another part of the program can end. */

import { expect, test } from 'vitest';

import { Pause } from '../src/clock.ts';
import type { Clock } from '../src/clock.ts';
import { VirtualClock } from '../src/sim/virtual-clock.ts';

test('lasts as long as it was told', async () => {
  const clock = new VirtualClock();
  const pause = new Pause(clock);

  await clock.until(pause.wait(200));

  expect(clock.now()).toBe(200);
});

test('is over when somebody ends it, and leaves no timer', async () => {
  const clock = new VirtualClock();
  const pause = new Pause(clock);
  const waiting = pause.wait(200);
  clock.timer(50, () => {
    pause.end();
  });

  await clock.until(waiting);

  expect(clock.now()).toBe(50);
  expect(clock.pending).toBe(0);
});

test('can be ended when there is none, which does not shorten the next one', async () => {
  const clock = new VirtualClock();
  const pause = new Pause(clock);
  pause.end();
  await clock.until(pause.wait(100));
  pause.end();

  await clock.until(pause.wait(100));

  expect(clock.now()).toBe(200);
});

test('keeps no process alive', () => {
  const kept: boolean[] = [];
  const clock: Clock = {
    now: () => 0,
    turn: () => () => undefined,
    timer: (_delayMs, _callback, keepAlive) => {
      kept.push(keepAlive);
      return () => undefined;
    },
  };

  void new Pause(clock).wait(1);

  expect(kept).toEqual([false]);
});
