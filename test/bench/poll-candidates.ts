/**
 * Ways to wait for a reply, and what each costs for a BMC that takes so long: worked out look by
 * look as the driver does it, on the virtual clock's terms, so that the figures are exact.
 */

import { nextLookMs } from '../../src/driver/poll-policy.ts';
import type { Curve } from '../../src/driver/poll-policy.ts';
import { TURN_MS } from '../../src/sim/virtual-clock.ts';

export interface Candidate {
  readonly name: string;
  readonly curve: Curve;
}

/** As the driver does it, with another spin and another share. */
function growing(share: number, spinMs: number): Curve {
  return (sinceMs, nowMs) => {
    const waitedMs = nowMs - sinceMs;
    if (waitedMs < spinMs) return nowMs;
    return nowMs + Math.min(Math.max(waitedMs * share, 1), 200);
  };
}

function every(gapMs: number): Curve {
  return (_, nowMs) => nowMs + gapMs;
}

/** The driver's own, and those it was chosen among. */
export const CANDIDATES: readonly Candidate[] = [
  { name: 'growing by 9 % (chosen)', curve: nextLookMs },
  { name: 'growing by 10 %', curve: growing(0.1, 1) },
  { name: 'growing by 5 %', curve: growing(0.05, 1) },
  { name: 'growing by 9 %, no spin', curve: growing(0.09, 0) },
  { name: 'every 5 ms', curve: every(5) },
  { name: 'every 200 ms', curve: every(200) },
];

/** What one answer costs. */
export interface Cost {
  /** Callbacks of timers. */
  readonly wakes: number;
  /** Callbacks of event-loop turns: the spin. */
  readonly turns: number;
  readonly lateMs: number;
}

/**
 * The cost of waiting for an answer that is there `bmcMs` after H2B_ATN was rung, where the one
 * before was quick or there was none: else the driver leaves the spin out.
 */
export function costOf(curve: Curve, bmcMs: number): Cost {
  if (bmcMs === 0) return { wakes: 0, turns: 0, lateMs: 0 };
  // The look at which it is rung; the wait counts from the next one on.
  let nowMs = Math.max(curve(0, 0), TURN_MS);
  const isTurn = curve(0, 0) <= 0;
  const count = { wakes: isTurn ? 0 : 1, turns: isTurn ? 1 : 0 };
  const sinceMs = nowMs;
  while (nowMs < bmcMs) {
    const nextMs = curve(sinceMs, nowMs);
    count[nextMs <= nowMs ? 'turns' : 'wakes'] += 1;
    nowMs = Math.max(nextMs, nowMs + TURN_MS);
  }
  return { ...count, lateMs: nowMs - bmcMs };
}

/** BMC times around one, evenly spread over the logarithm: few gaps fit in, and none by chance. */
const AROUND = 1.25;
const SAMPLES = 64;

/** The same, on average over BMC times around `bmcMs`. */
export function averageCostOf(curve: Curve, bmcMs: number): Cost {
  const sum = { wakes: 0, turns: 0, lateMs: 0 };
  for (const ms of around(bmcMs, SAMPLES)) {
    const cost = costOf(curve, ms);
    sum.wakes += cost.wakes / SAMPLES;
    sum.turns += cost.turns / SAMPLES;
    sum.lateMs += cost.lateMs / SAMPLES;
  }
  return sum;
}

/** So many BMC times around one. */
export function around(bmcMs: number, count: number): readonly number[] {
  return Array.from(
    { length: count },
    (_, index) => bmcMs * AROUND ** ((index + 0.5) / count - 0.5),
  );
}
