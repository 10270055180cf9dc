/**
 * The counters of the driver. The first ones are named as `ipmi_si` names its counters in sysfs, so
 * that an operator needs one word for one thing. Where a userspace driver has no such event, the
 * comment says what is counted instead.
 */

/**
 * Latency buckets, one for each power of two; the last one begins at 67 s, which is longer than an
 * attempt may take.
 */
const BUCKETS = 28;

/** Lower end of the last bucket. */
const LAST_US = 2 ** (BUCKETS - 2);

const US_PER_MS = 1000;

/** Answers by latency, from the start of the attempt that brought them. */
export interface Latency {
  /** `counts[n]`: from 2^(n-1) to below 2^n microseconds; the last bucket has no upper end. */
  readonly counts: number[];
  /** The longest, microseconds. */
  maxUs: number;
}

/** Counters of one interface since it was opened. */
export interface Statistics {
  /** Polls that found no response, so that a timer was set for the next one. */
  shortTimeouts: number;
  /** Attempts that timed out. */
  longTimeouts: number;
  /** Polls that found nothing to do. */
  idles: number;
  /** Interrupts that were handled. */
  interrupts: number;
  /** Rises of SMS_ATN. */
  attentions: number;
  /** Times that the BMC's message flags were asked for. */
  flagFetches: number;
  /** Times that the BMC was lost. */
  hosedCount: number;
  /** Transactions that ended with an answer. */
  completeTransactions: number;
  /** Events taken from the BMC's event buffer. */
  events: number;
  /** Pre-timeouts of the BMC's watchdog. */
  watchdogPretimeouts: number;
  /** Messages taken from the BMC's receive queue. */
  incomingMessages: number;
  /** Requests that were handed to the BMC, each repeat counted. */
  transactions: number;
  /** Reads of an event or a message whose answer never came, so that it is lost. */
  eventsMissed: number;
  /** Times that a command was sent again. */
  retries: number;
  /** Responses that were taken and answered no pending request. */
  staleReplies: number;
  /** Commands whose caller timed out or aborted while they were on the wire. */
  orphans: number;
  /** Times that the BMC answered again after it was lost. */
  recoveries: number;
  /** The BMC's response times. */
  readonly latency: Latency;
}

export function newStatistics(): Statistics {
  return {
    shortTimeouts: 0,
    longTimeouts: 0,
    idles: 0,
    interrupts: 0,
    attentions: 0,
    flagFetches: 0,
    hosedCount: 0,
    completeTransactions: 0,
    events: 0,
    watchdogPretimeouts: 0,
    incomingMessages: 0,
    transactions: 0,
    eventsMissed: 0,
    retries: 0,
    staleReplies: 0,
    orphans: 0,
    recoveries: 0,
    latency: newLatency(),
  };
}

/** A copy of the counters, which does not change. */
export function copyOf(statistics: Statistics): Statistics {
  const { latency } = statistics;
  return { ...statistics, latency: { ...latency, counts: [...latency.counts] } };
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

/** Microseconds that `percent` of the answers did not exceed, rounded up to a power of two. */
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
