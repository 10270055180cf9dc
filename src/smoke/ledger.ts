/**
 * The counters of the devices that a run has used, by its interface under test. At the end they
 * must tell of nothing that no check has reported.
 */

import type { Statistics } from '../driver/statistics.ts';
import type { Subject } from './subject.ts';

/** Counters that stay 0 on a sound interface. */
export const COUNTERS = [
  'staleReplies',
  'longTimeouts',
  'retries',
  'hosedCount',
  'eventsMissed',
] as const;

export type Counter = (typeof COUNTERS)[number];

/** An answer, or a bring-up, that takes longer is as an interface that is out for that time. */
export const OUTAGE_MS = 1500;

const US_PER_MS = 1000;

interface Totals extends Record<Counter, number> {
  /** The longest time that a device waited for an answer that then came, milliseconds. */
  longestMs: number;
}

const ledgers = new WeakMap<Subject, Totals>();

/**
 * Sums of the counters, and the longest wait, since they were last taken: a run may have many
 * rounds.
 */
export function takeTotals(subject: Subject): Readonly<Totals> {
  const totals = ledgers.get(subject) ?? noTotals();
  ledgers.delete(subject);
  return totals;
}

/** Adds the counters of a device that nothing explains. */
export function note(subject: Subject, statistics: Readonly<Statistics>): void {
  const totals = ledgers.get(subject) ?? noTotals();
  for (const counter of COUNTERS) totals[counter] += statistics[counter];
  totals.longestMs = Math.max(totals.longestMs, statistics.latency.maxUs / US_PER_MS);
  ledgers.set(subject, totals);
}

function noTotals(): Totals {
  const counters = { staleReplies: 0, longTimeouts: 0, retries: 0, hosedCount: 0, eventsMissed: 0 };
  return { ...counters, longestMs: 0 };
}
