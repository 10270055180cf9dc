/**
 * `not-wedged`: after all other checks a fresh process asks for the device id, and the counters of
 * the devices that were used tell of nothing that no check has reported. Behind a BMC of 10 ms an
 * answer it takes 0.1 s.
 */

import type { Check, Means } from '../check.ts';
import type { Slug } from '../events.ts';
import { COUNTERS, OUTAGE_MS, takeTotals } from '../ledger.ts';
import type { Counter } from '../ledger.ts';
import { GET_DEVICE_ID, askVia, replyText } from '../session.ts';

/** The meaning of a counter that is not 0. */
const MEANINGS: Readonly<Record<Counter, readonly [slug: Slug, words: string]>> = {
  staleReplies: ['bt-stale', 'responses came that answered no request'],
  longTimeouts: ['bt-unexplained', 'attempts ended without an answer'],
  retries: ['bt-unexplained', 'requests were sent again'],
  hosedCount: ['bt-unexplained', 'times the BMC was lost'],
  eventsMissed: ['bt-event-lost', 'events were lost while they were read'],
};

export const NOT_WEDGED: Check = {
  id: 'not-wedged',
  question: 'Does the interface work for the next process, with nothing unexplained?',
  risk: 'read-only',
  needs: ['owner'],
  limitSeconds: 60,
  run,
};

async function run(means: Means): Promise<void> {
  await askAfresh(means);
  const { report, subject } = means;
  const totals = takeTotals(subject);
  for (const counter of COUNTERS) {
    const value = totals[counter];
    const [slug, words] = MEANINGS[counter];
    report.measure({ name: counter, value, unit: '1', bounds: { most: 0 }, isTold: true });
    if (value === 0) continue;
    const text =
      `${value} ${words} during the other checks, and none of them has reported it (counter ` +
      `${counter}); run them again one by one with --only, and look at the log of the BMC`;
    report.fail(slug, text);
  }
  tellLongest(means, totals.longestMs);
}

/** The checks pass on a BMC that answers in the end: its absence shows by the time alone. */
function tellLongest({ report }: Means, longestMs: number): void {
  report.measure({ name: 'answer-max', value: longestMs, unit: 'ms' });
  if (longestMs <= OUTAGE_MS) return;
  const text =
    `an answer took ${(longestMs / 1000).toFixed(1)} s during the other checks: for that time the ` +
    'interface was out, as programs see it; read the log of the BMC for what it did then, and ' +
    'run the checks one by one with --only to find the request';
  report.warn('bt-late', text);
}

async function askAfresh(means: Means): Promise<void> {
  const { subject, signal, report } = means;
  const processes = await subject.processes(1, signal);
  try {
    for (const process of processes) {
      const exchange = await askVia(process, GET_DEVICE_ID, means);
      if (exchange.kind === 'trouble') {
        const advice = 'the interface is wedged: reset the BMC, and find the check that did it';
        report.fail(
          'bt-wedged',
          `a fresh process asked for the device id: ${exchange.text}; ${advice}`,
        );
      } else if (exchange.reply.completionCode !== 0) {
        const got = `got ${replyText(exchange.reply)} for the device id`;
        report.fail('bt-unexplained', `a fresh process ${got}; look at the log of the BMC`);
      } else report.measure({ name: 'fresh-process', value: exchange.ms, unit: 'ms' });
    }
  } finally {
    await Promise.all(processes.map((process) => process.close()));
  }
}
