/** The chart of `docs/adr/0002-poll-policy.md`: wakes and lateness over the BMC's own time. */

import { lineChart } from './line-chart.ts';
import type { Line } from './line-chart.ts';
import { CANDIDATES, averageCostOf } from './poll-candidates.ts';
import type { Cost } from './poll-candidates.ts';

/** BMC times from 0.1 ms to 30 s, ten to a power of ten. */
const TIMES = Array.from({ length: 56 }, (_, index) => Math.min(0.1 * 10 ** (index / 10), 30_000));

/** What the driver is allowed to add on average. */
export function allowedMs(bmcMs: number): number {
  return Math.max(2, 0.05 * bmcMs);
}

export function pollChart(): string {
  const costs = CANDIDATES.map(({ name, curve }) => ({
    name,
    costs: TIMES.map((ms) => [ms, averageCostOf(curve, ms)] as const),
  }));
  const linesOf = (figure: (cost: Cost) => number): readonly Line[] =>
    costs.map((of) => ({
      name: of.name,
      points: of.costs.map(([ms, cost]) => [ms, figure(cost)] as const),
    }));
  const allowed = {
    name: 'allowed on average',
    points: TIMES.map((ms) => [ms, allowedMs(ms)] as const),
  };
  const x = [-1, 5] as const;
  return lineChart('What waiting for a BMC costs', [
    {
      title: 'wakes, over BMC time (ms), none up to 1 ms with a spin',
      lines: linesOf(({ wakes }) => wakes),
      x,
      y: [-1, 4],
    },
    {
      title: 'lateness on average (ms), over BMC time (ms)',
      lines: [...linesOf(({ lateMs }) => lateMs), allowed],
      x,
      y: [-2, 4],
    },
  ]);
}
