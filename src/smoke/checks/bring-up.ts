/**
 * `bring-up`: opens the interface from nothing to ready and closes it, again and again. Behind a
 * BMC of 10 ms an answer a bring-up takes 25 ms, so that the full hundred take 3 s, and the quick
 * five 0.2 s.
 */

import { IpmiError, hex } from '../../errors.ts';
import { codeText, isNotYet } from '../../ipmi/completion.ts';
import type { Check, Means } from '../check.ts';
import type { OpenChoice } from '../subject.ts';
import { COUNT, summarize } from '../latencies.ts';
import { OUTAGE_MS } from '../ledger.ts';
import { slugOf, textOf, withDevice } from '../session.ts';
import { StateRecord } from '../states.ts';
import { Tracer } from '../tracer.ts';

/** After so many failures in a row the next would only take its time. */
const FAILURES_IN_A_ROW = 3;

/** Failed bring-ups whose states are shown. */
const FAILED_SHOWN = 8;

/** A bring-up: its times on the clock, and why it failed. */
interface Try {
  readonly number: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly failure: string | undefined;
  readonly tracer: Tracer;
  readonly record: StateRecord;
}

export const BRING_UP: Check = {
  id: 'bring-up',
  question: 'Does the interface come up every time, from nothing to ready?',
  risk: 'read-only',
  needs: ['owner', 'registers'],
  limitSeconds: 300,
  run,
};

async function run(means: Means): Promise<void> {
  const { report, subject } = means;
  const count = means.amount(100, 5);
  const startMs = subject.clock.now();
  const tries: Try[] = [];
  while (tries.length < count && !isHopeless(tries)) {
    const one = await bringUpOnce(means, tries.length + 1);
    const [fromMs, toMs] = [one.fromMs - startMs, one.toMs - startMs];
    const name = `bring-up ${one.number}`;
    report.span({ name, fromMs, toMs, isFailed: one.failure !== undefined });
    tries.push(one);
    report.progress(tries.length / count);
  }
  tellTimes(means, tries);
  tellStates(means, tries, startMs);
  tellFailures(means, tries);
  tellNotYet(means, tries);
}

async function bringUpOnce(means: Means, number: number): Promise<Try> {
  const { clock } = means.subject;
  const tracer = new Tracer(clock);
  const record = new StateRecord();
  const fromMs = clock.now();
  const failure = await failureOf(means, { bringUp: 'full', trace: tracer, record });
  return { number, fromMs, toMs: clock.now(), failure, tracer, record };
}

/** Opens and closes; resolves to the words of a failure. */
async function failureOf(means: Means, choice: OpenChoice): Promise<string | undefined> {
  try {
    return await withDevice(means, choice, ({ device }) => {
      const isNamed = device.deviceId !== undefined;
      return Promise.resolve(isNamed ? undefined : 'the BMC answered, but gave no device id');
    });
  } catch (error) {
    if (!(error instanceof IpmiError) || slugOf(error) === undefined) throw error;
    return textOf(error);
  }
}

function isHopeless(tries: readonly Try[]): boolean {
  const last = tries.slice(-FAILURES_IN_A_ROW);
  return last.length === FAILURES_IN_A_ROW && last.every(({ failure }) => failure !== undefined);
}

function tellTimes({ report }: Means, tries: readonly Try[]): void {
  const good = tries.filter(({ failure }) => failure === undefined);
  const times = good.map(({ fromMs, toMs }) => toMs - fromMs);
  report.series('bring-up', 'ms', times);
  const { p50Ms, maxMs } = summarize(times);
  report.measure({ name: 'bring-up-p50', value: p50Ms, unit: 'ms' });
  report.measure({ name: 'bring-up-max', value: maxMs, unit: 'ms' });
  report.measure({ name: `bring-up-${COUNT}`, value: times.length, unit: '1' });
  if (maxMs <= OUTAGE_MS) return;
  const text =
    `the longest of ${times.length} bring-ups took ${seconds(maxMs)}, where half took at most ` +
    `${seconds(p50Ms)}: a program that starts waits so long; read the log of the BMC for what it ` +
    'did then, and update its firmware';
  report.warn('bt-late', text);
}

/**
 * Shows where the time went, in the first bring-up, the longest one and those that failed: the
 * states of all hundred would be the most of a report.
 */
function tellStates({ report }: Means, tries: readonly Try[], startMs: number): void {
  const lengthOf = ({ fromMs, toMs }: Try): number => toMs - fromMs;
  const longest = tries.reduce<Try | undefined>(
    (most, one) => (most === undefined || lengthOf(one) > lengthOf(most) ? one : most),
    undefined,
  );
  const failed = tries.filter(({ failure }) => failure !== undefined).slice(0, FAILED_SHOWN);
  const isShown = (one: Try): boolean =>
    one.number === 1 || one === longest || failed.includes(one);
  for (const { record, failure, ...one } of tries.filter(isShown)) {
    const periods = record.periods();
    periods.forEach((period, at) => {
      const isFailed = failure !== undefined && at === periods.length - 1;
      // A recording has whole microseconds.
      const fromMs = Math.max(period.fromMs, one.fromMs) - startMs;
      const toMs = Math.min(period.toMs, one.toMs) - startMs;
      report.span({ name: period.name, fromMs, toMs, isFailed });
    });
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

/** One finding for all failures that said the same. */
function tellFailures({ report }: Means, tries: readonly Try[]): void {
  const byText = new Map<string, Try[]>();
  for (const one of tries) {
    if (one.failure === undefined) continue;
    const alike = byText.get(one.failure) ?? [];
    byText.set(one.failure, [...alike, one]);
  }
  for (const [failure, alike] of byText) {
    const numbers = alike.map(({ number }) => number).join(', ');
    const share = `${alike.length} of ${tries.length} bring-ups failed (number ${numbers})`;
    const advice = 'see the register accesses, and the log of the BMC';
    report.fail('bt-bring-up', `${share}: ${failure}; ${advice}`, alike[0]?.tracer.evidence());
  }
  const value = [...byText.values()].flat().length;
  report.measure({ name: 'failures', value, unit: '1', bounds: { most: 0 }, isTold: true });
}

/** A BMC may be starting; other drivers give up at such a code. */
function tellNotYet({ report }: Means, tries: readonly Try[]): void {
  const replies = tries.flatMap(({ tracer }) => tracer.replies);
  const notYet = replies.filter(({ completionCode }) => isNotYet(completionCode));
  report.measure({ name: 'not-ready-answers', value: notYet.length, unit: '1' });
  const [first] = notYet;
  if (first === undefined) return;
  const { cmd, completionCode: code } = first;
  const what = `completion code ${codeText(code)}`;
  const text =
    `${notYet.length} of ${replies.length} answers said only that the BMC is not ready; the first ` +
    `was ${what} to command ${hex(cmd)}. It was asked again, and came up; a driver that ` +
    'does not ask again takes the interface down. Update the firmware of the BMC';
  report.warn('bt-forged-completion', text);
}
