/**
 * How long answers took, as a histogram with a bucket for each power of two: some memory once, and
 * one addition a transaction.
 */

/** The last one begins at 67 s, which is longer than an attempt may take. */
const BUCKETS = 28;

/** Where the last bucket begins. */
const LAST_US = 2 ** (BUCKETS - 2);

const US_PER_MS = 1000;

/** Answers by the time they took, from the beginning of the attempt that brought them. */
export interface Latency {
  /** `counts[n]`: below 2^n microseconds, and not below half of that. The last: all above. */
  readonly counts: number[];
  /** The longest, microseconds. */
  maxUs: number;
}

export function newLatency(): Latency {
  return { counts: Array<number>(BUCKETS).fill(0), maxUs: 0 };
}

/** Counts one answer. */
export function countLatency(latency: Latency, ms: number): void {
  const us = ms * US_PER_MS;
  if (us > latency.maxUs) latency.maxUs = us;
  const bucket = 32 - Math.clz32(Math.min(us, LAST_US));
  latency.counts[bucket] = (latency.counts[bucket] ?? 0) + 1;
}

/** Microseconds that `percent` of the answers did not exceed, to the next power of two. */
export function percentileUs({ counts, maxUs }: Latency, percent: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const rank = Math.ceil((total * percent) / 100);
  let seen = 0;
  for (const [bucket, count] of counts.entries()) {
    seen += count;
    if (seen >= rank) return Math.min(2 ** bucket, maxUs);
  }
  return maxUs;
}
