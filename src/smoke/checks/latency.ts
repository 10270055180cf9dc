/**
 * `latency`: times of Get Device ID, polled and by interrupt, the first answer apart, because a BMC
 * may need a second to wake up. Behind a BMC of 10 ms an answer each way takes 10 s in full and 1 s
 * in quick, and each NUMA node 2 s.
 */

import { DEFAULT_CAPABILITIES, believable } from '../../ipmi/bt-capabilities.ts';
import { nodesOf, taskset } from '../affinity.ts';
import type { Pin } from '../affinity.ts';
import type { Check, Means, Report } from '../check.ts';
import { COUNT, summarize } from '../latencies.ts';
import { tellIdentity } from '../identity.ts';
import { GET_DEVICE_ID, ask, reportTrouble, withDevice } from '../session.ts';
import type { Session } from '../session.ts';

/** Slower than this on average, users see it; other BMCs take 1 to 50 ms. */
const MEDIAN_MOST_MS = 250;

/** A percentile of 99 above this is seen as the interface hanging. */
const P99_MOST_MS = 1000;

/** A single answer that took so many times the median, and at least so long, is worth a look. */
const OUTLIER_TIMES = 20;
const OUTLIER_LEAST_MS = 250;

/** Unanswered requests after which no more are tried. */
const TROUBLES_MAX = 3;

const MS_PER_SECOND = 1000;

const SLOW_ADVICE =
  'compare with other servers of the kind, where 10 ms are usual, and with the baseline of this ' +
  'one; look at what else asks the BMC, and run this check alone (--only latency)';

const LATE_ADVICE =
  'the BMC allows itself less: read its log for what it did then, and update its firmware';

/** The time that the specification assumes of a BMC that tells none. */
const UNKNOWN_LIMIT_MS = DEFAULT_CAPABILITIES.responseTimeSeconds * MS_PER_SECOND;

/** A quick run of a slow BMC ends after so much time, when it has so many answers. */
const [QUICK_MS, QUICK_LEAST] = [3000, 10];

/** A series of requests. */
interface Round {
  /** Begins the names of its results. */
  readonly name: string;
  readonly count: number;
}

/** The answers of a round. */
interface Times {
  readonly name: string;
  /** Times from request to answer, milliseconds. */
  readonly answers: number[];
  /** The longest time between two answers. */
  longestMs: number;
  isWedged: boolean;
}

export const LATENCY: Check = latencyBy(taskset);

/** Makes the check with another way to move the process to a node's CPUs. */
export function latencyBy(pin: Pin): Check {
  return {
    id: 'latency',
    question: 'Does the BMC answer quickly, polled and by interrupt?',
    risk: 'read-only',
    needs: ['bring-up'],
    limitSeconds: 300,
    run: (means) => run(means, pin),
  };
}

async function run(means: Means, pin: Pin): Promise<void> {
  const { subject, choices, report } = means;
  const count = means.amount(1000, 100);
  const rounds: Times[] = [];
  await withDevice(means, { bringUp: 'lazy' }, async (session) => {
    rounds.push(await measure(session, { name: 'polled', count }));
  });
  if (subject.hasInterrupt() && !isWedged(rounds)) {
    await withDevice(means, { bringUp: 'lazy', interrupt: true }, async (session) => {
      rounds.push(await measure(session, { name: 'interrupt', count }));
    });
  }
  if (choices.numa && !isWedged(rounds)) rounds.push(...(await measureNodes(means, pin)));
  const limitMs = isWedged(rounds) ? UNKNOWN_LIMIT_MS : await tellBmc(means);
  for (const times of rounds) tell(report, times, limitMs);
}

function isWedged(rounds: readonly Times[]): boolean {
  return rounds.some((times) => times.isWedged);
}

/** Asks once, and `count` times then. */
async function measure(session: Session, { name, count }: Round): Promise<Times> {
  const { report, subject } = session.means;
  const first = await ask(session, GET_DEVICE_ID);
  const times: Times = { name, answers: [], longestMs: 0, isWedged: false };
  if (first.kind === 'trouble') {
    times.isWedged = await reportTrouble(session, first, { where: `the first request, ${name}` });
  } else report.measure({ name: `${name}-first`, value: first.ms, unit: 'ms' });
  let [lastMs, troubles] = [subject.clock.now(), 0];
  const endMs = lastMs + session.means.amount(Infinity, QUICK_MS);
  // A single answer that is late does not make the BMC a slow one.
  const isEnough = (): boolean =>
    times.answers.length >= QUICK_LEAST && lastMs - times.longestMs >= endMs;
  for (let sent = 1; sent <= count && troubles < TROUBLES_MAX && !times.isWedged; sent += 1) {
    if (isEnough()) break;
    const exchange = await ask(session, GET_DEVICE_ID);
    report.progress(sent / count);
    if (exchange.kind === 'trouble') {
      troubles += 1;
      const where = `request ${sent} of ${count}, ${name}`;
      times.isWedged = await reportTrouble(session, exchange, { where });
      continue;
    }
    const nowMs = subject.clock.now();
    times.answers.push(exchange.ms);
    times.longestMs = Math.max(times.longestMs, nowMs - lastMs);
    lastMs = nowMs;
  }
  return times;
}

function tell(report: Report, { name, answers, longestMs }: Times, limitMs: number): void {
  report.series(name, 'ms', answers);
  const { p50Ms, p99Ms, maxMs } = summarize(answers);
  const measured = [
    ['p50', p50Ms, MEDIAN_MOST_MS, 'bt-slow'],
    ['p99', p99Ms, P99_MOST_MS, 'bt-slow'],
    ['max', maxMs, limitMs, 'bt-late'],
    ['longest-silence', longestMs, limitMs, 'bt-late'],
  ] as const;
  for (const [what, value, most, slug] of measured) {
    const advice = slug === 'bt-slow' ? SLOW_ADVICE : LATE_ADVICE;
    const bounds = { most };
    report.measure({ name: `${name}-${what}`, value, unit: 'ms', bounds, slug, advice });
  }
  report.measure({ name: `${name}-${COUNT}`, value: answers.length, unit: '1' });
  if (maxMs <= Math.max(OUTLIER_TIMES * p50Ms, OUTLIER_LEAST_MS)) return;
  const text =
    `one of ${answers.length} answers, ${name}, took ${maxMs.toFixed(1)} ms, where half took at ` +
    `most ${p50Ms.toFixed(1)} ms; look at what else the BMC, or this host, did at that time`;
  report.warn('bt-late', text);
}

/** Tells of the BMC; resolves to the longest time that it allows itself (§22.10). */
async function tellBmc(means: Means): Promise<number> {
  return await withDevice(means, {}, async ({ device }) => {
    await tellIdentity(device, means);
    const { responseTimeSeconds } = believable(device.capabilities ?? DEFAULT_CAPABILITIES);
    return responseTimeSeconds * MS_PER_SECOND;
  });
}

/** From the CPUs of each node, one after the other, and back to those there were. */
async function measureNodes(means: Means, pin: Pin): Promise<readonly Times[]> {
  const { subject, report } = means;
  if (subject.isSimulated) {
    report.fact('numa', 'not measured: a simulated machine has no nodes');
    return [];
  }
  const { allowed, nodes } = nodesOf(subject.files);
  if (allowed === undefined || nodes.length === 0) {
    const text = 'the kernel does not list the CPUs of NUMA nodes, so that none was measured';
    report.warn('host-limits', text);
    return [];
  }
  const rounds: Times[] = [];
  try {
    for (const { name, cpus } of nodes) {
      const trouble = pin(cpus);
      if (trouble === undefined) rounds.push(await measureNode(means, name));
      else report.warn('host-limits', `${name} was not measured, because ${trouble}`);
    }
  } finally {
    const trouble = pin(allowed);
    if (trouble !== undefined) {
      const text = `this process could not be moved back to CPUs ${allowed}: ${trouble}`;
      report.warn('host-limits', text);
    }
  }
  return rounds;
}

async function measureNode(means: Means, name: string): Promise<Times> {
  const count = means.amount(200, 50);
  return await withDevice(means, { bringUp: 'lazy' }, (session) => {
    return measure(session, { name, count });
  });
}
