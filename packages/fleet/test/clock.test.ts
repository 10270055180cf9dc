/** The waits of the package leave neither timers nor listeners behind. */

import { getEventListeners } from 'node:events';

import { VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, test } from 'vitest';

import { settledBy, sleep } from '../src/clock.ts';

test('a sleep that ends, and one that is aborted, leave nothing', async () => {
  const clock = new VirtualClock();
  const end = new AbortController();
  await clock.until(sleep(clock, 1000, end.signal));
  expect(clock.now()).toBe(1000);
  expect(getEventListeners(end.signal, 'abort')).toEqual([]);

  const aborted = sleep(clock, 1000, end.signal);
  end.abort(new Error('enough'));
  await expect(aborted).rejects.toThrow('enough');
  await expect(sleep(clock, 1000, end.signal)).rejects.toThrow('enough');
  expect(clock.pending).toBe(0);
});

test('work that settles before the deadline is told, and so is work that does not', async () => {
  const clock = new VirtualClock();
  const failing = Promise.reject(new Error('no matter'));

  expect(await settledBy(clock, 1000, Promise.resolve())).toBe(true);
  expect(await settledBy(clock, 1000, failing)).toBe(true);
  expect(clock.pending).toBe(0);
  const never = new Promise(() => undefined);
  expect(await clock.until(settledBy(clock, 1000, never))).toBe(false);
  expect(clock.now()).toBe(1000);
});
