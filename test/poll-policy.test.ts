/** When the driver looks for a reply: wake-ups and lateness over the BMC's own time. */

import { expect, test } from 'vitest';

import { nextLookMs } from '../src/bt/poll-policy.ts';
import { TURN_MS } from '../src/sim/virtual-clock.ts';

/** Looks of one wait until `answerMs`; a look "now" is one event-loop turn later. */
function looks(answerMs: number): { wakes: number; lateMs: number } {
  let nowMs = 0;
  let wakes = 0;
  while (nowMs < answerMs) {
    nowMs = Math.max(nextLookMs(0, nowMs), nowMs + TURN_MS);
    if (nowMs >= 1) wakes += 1;
  }
  return { wakes, lateMs: nowMs - answerMs };
}

test('spins on event-loop turns for 1 ms and then waits at least 1 ms', () => {
  expect(nextLookMs(10, 10)).toBe(10);
  expect(nextLookMs(10, 10.9)).toBe(10.9);
  expect(nextLookMs(10, 11)).toBe(12);
  expect(nextLookMs(10, 110)).toBe(120);
  expect(nextLookMs(10, 60_000)).toBe(60_200);
});

test('an answer after 1.1 s costs at most 70 timers', () => {
  expect(looks(1100).wakes).toBeLessThanOrEqual(70);
});

test('lateness is at most 2 ms, or 5 % of the BMC time, on average, from 0 to 30 s', () => {
  for (const scale of [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000]) {
    const samples = Array.from({ length: 200 }, (_, index) => scale * (0.5 + index / 400));
    const lateMs = samples.map((ms) => looks(ms).lateMs);
    const averageMs = lateMs.reduce((sum, ms) => sum + ms, 0) / lateMs.length;
    expect(averageMs).toBeLessThanOrEqual(Math.max(2, 0.05 * scale));
  }
});
