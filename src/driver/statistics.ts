/**
 * What the driver counts. The first names are those of the kernel's `ipmi_si` counters in sysfs, so
 * that operators meet one word for one thing; where a userspace driver has no such thing, the
 * counter says what it counts instead, or stays 0.
 */

/**
 * Latency buckets, one for each power of two; the last one begins at 67 s, which is longer than an
 * attempt may take.
 */
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

/** Counters of one interface since it was opened. */
export interface Statistics {
  /** Times nothing had come yet, and the next look was put off to a timer. */
  shortTimeouts: number;
  /** Attempts that ended without an answer in time. */
  longTimeouts: number;
  /** Looks at the registers that found nothing to do. */
  idles: number;
  /** Interrupts that were handled. */
  interrupts: number;
  /** Times SMS_ATN was seen to rise. */
  attentions: number;
  /** Times the BMC's message flags were asked for. */
  flagFetches: number;
  /** Times the BMC was lost. */
  hosedCount: number;
  /** Transactions that ended with the BMC's answer. */
  completeTransactions: number;
  /** Events taken from the BMC's event buffer. */
  events: number;
  /** Pre-timeouts of the BMC's watchdog. */
  watchdogPretimeouts: number;
  /** Messages taken from the BMC's receive queue. */
  incomingMessages: number;
  /** Answers to reading an event or message that never came: what they held is lost. */
  eventsMissed: number;
  /** Times a command was sent again. */
  retries: number;
  /** Frames taken that answered nothing we asked. */
  staleReplies: number;
  /** Commands whose caller had gone when they were still on the wire. */
  orphans: number;
  /** Times the BMC answered again after it was lost. */
  recoveries: number;
  /** How long the BMC took to answer. */
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
    eventsMissed: 0,
    retries: 0,
    staleReplies: 0,
    orphans: 0,
    recoveries: 0,
    latency: newLatency(),
  };
}

/** The counters as they are now, to be kept. */
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
