/** Percentiles of response times, by a histogram of Node's. */

import { createHistogram } from 'node:perf_hooks';

const US_PER_MS = 1000;

/** Ends the name of the measurement that says how many times were summarized. */
export const COUNT = 'count';

export interface Latencies {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Summarizes times in milliseconds, to a microsecond or three digits; all are 0 of none. */
export function summarize(times: readonly number[]): Latencies {
  const histogram = createHistogram();
  // A histogram takes nothing below 1.
  for (const ms of times) histogram.record(Math.max(Math.round(ms * US_PER_MS), 1));
  const at = (percent: number): number =>
    times.length === 0 ? 0 : histogram.percentile(percent) / US_PER_MS;
  return { p50Ms: at(50), p99Ms: at(99), maxMs: times.length === 0 ? 0 : at(100) };
}
