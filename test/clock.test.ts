/** The machine's clock: timers as Node has them. */

import { expect, test, vi } from 'vitest';

import { systemClock } from '../src/clock.ts';

test('a timer is never early by the fraction that Node cuts off', () => {
  const setTimeoutOfNode = vi.spyOn(globalThis, 'setTimeout');

  const cancels = [0.2, 1, 1.0001, 199.5].map((ms) => systemClock.timer(ms, ignore, true));

  for (const cancel of cancels) cancel();
  expect(setTimeoutOfNode.mock.calls.map(([, ms]) => ms)).toEqual([1, 1, 2, 200]);
  setTimeoutOfNode.mockRestore();
});

test('a timer that is longer than those of Node is not due at once', () => {
  vi.useFakeTimers();
  const most = 2 ** 31 - 1;
  const due = vi.fn();
  systemClock.timer(2 * most + 5, due, true);
  const cancel = systemClock.timer(2 * most, due, false);

  vi.advanceTimersByTime(most + 1);
  cancel();
  vi.advanceTimersByTime(most + 3);
  expect(due).toHaveBeenCalledTimes(0);
  vi.advanceTimersByTime(1);
  expect(due).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
});

function ignore(): void {
  // Cancelled before it is due.
}
