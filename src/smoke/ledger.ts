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

type Totals = Record<Counter, number>;

const ledgers = new WeakMap<Subject, Totals>();

/** Sums of the counters noted since they were last taken: a run may have many rounds. */
export function takeTotals(subject: Subject): Readonly<Totals> {
  const totals = ledgers.get(subject) ?? noTotals();
  ledgers.delete(subject);
  return totals;
}

/** Adds the counters of a device that nothing explains. */
export function note(subject: Subject, statistics: Readonly<Statistics>): void {
  const totals = ledgers.get(subject) ?? noTotals();
  for (const counter of COUNTERS) totals[counter] += statistics[counter];
  ledgers.set(subject, totals);
}

function noTotals(): Totals {
  return { staleReplies: 0, longTimeouts: 0, retries: 0, hosedCount: 0, eventsMissed: 0 };
}
