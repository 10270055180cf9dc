/**
 * `abandon`: aborts a request while the BMC has it, and asks another: the next must get its own
 * answer, and not the one that was abandoned. Behind a BMC of 10 ms an answer the full 50 take 2 s,
 * and the quick 8 take 0.5 s.
 */

import { IpmiError } from '../../errors.ts';
import { Skipped } from '../check.ts';
import type { Check, Means } from '../check.ts';
import { knownReads } from '../known-reads.ts';
import type { KnownRead } from '../known-reads.ts';
import { ask, isSameReply, replyText, reportTrouble, withDevice } from '../session.ts';
import type { Session } from '../session.ts';
import { Tracer } from '../tracer.ts';

/** A frame is written, rung and looked for within so many register accesses. */
const ACCESSES_MAX = 12;

/** Findings after which the check ends. */
const FINDINGS_MAX = 3;

/** QEMU's own BMC is so: it answers within the write that hands it the request. */
const TOO_QUICK = 'every request was answered before it could be aborted: this BMC takes no time';

export const ABANDON: Check = {
  id: 'abandon',
  question: 'Does a request get its own answer after another one was abandoned?',
  risk: 'read-only',
  needs: ['bring-up'],
  limitSeconds: 120,
  run,
};

async function run(means: Means): Promise<void> {
  const tracer = new Tracer(means.subject.clock);
  await withDevice(means, { trace: tracer }, async (session) => {
    const reads = await knownReads(session);
    if ('kind' in reads) {
      await reportTrouble(session, reads, { where: 'a request before any was abandoned' });
      return;
    }
    // The replies to abandoned requests are dropped on purpose.
    session.excuse();
    await abandonAll(session, reads, tracer);
  });
}

async function abandonAll(
  session: Session,
  reads: readonly KnownRead[],
  tracer: Tracer,
): Promise<void> {
  const { report, random, amount } = session.means;
  const count = amount(50, 8);
  const draw = (): KnownRead | undefined => reads[random.integer(0, reads.length - 1)];
  let [abandoned, findings] = [0, 0];
  for (let number = 1; number <= count && findings < FINDINGS_MAX; number += 1) {
    const [first, next] = [draw(), draw()];
    if (first === undefined || next === undefined) break;
    if (await abandon(session, first, tracer)) abandoned += 1;
    const where = `${next.name}, asked after ${first.name} was aborted (${number} of ${count})`;
    const found = await judge(session, next, { where, first, evidence: () => tracer.evidence() });
    if (found !== 'right') findings += 1;
    if (found === 'wedged') break;
    report.progress(number / count);
  }
  report.measure({ name: 'abandoned', value: abandoned, unit: '1' });
  if (abandoned === 0 && findings === 0) throw new Skipped(TOO_QUICK, true);
}

/** Aborts a request at a place of chance; false when it was answered before. */
async function abandon(
  { device, means }: Session,
  { request }: KnownRead,
  tracer: Tracer,
): Promise<boolean> {
  const abort = new AbortController();
  const { signal } = abort;
  tracer.after(means.random.integer(1, ACCESSES_MAX), () => {
    abort.abort();
  });
  try {
    await device.request(request, { retries: 0, signal });
    return false;
  } catch (error) {
    if (error instanceof IpmiError && error.code === 'REQUEST_ABORTED') return true;
    throw error;
  }
}

async function judge(
  session: Session,
  { request, reply }: KnownRead,
  { where, first, evidence }: Judged,
): Promise<'right' | 'wrong' | 'wedged'> {
  const exchange = await ask(session, request);
  if (exchange.kind === 'trouble') {
    const place = { where, evidence: evidence() };
    return (await reportTrouble(session, exchange, place)) ? 'wedged' : 'wrong';
  }
  if (isSameReply(exchange.reply, reply)) return 'right';
  const isStale = isSameReply(exchange.reply, first.reply);
  const whose = isStale ? ', which is the answer to the one that was aborted' : '';
  const got = `got ${replyText(exchange.reply)}${whose}, instead of ${replyText(reply)}`;
  const advice = 'a program that times out may be given wrong data; update the BMC';
  const slug = isStale ? 'bt-stale' : 'bt-wrong-answer';
  session.means.report.fail(slug, `${where}, ${got}; ${advice}`, evidence());
  return 'wrong';
}

interface Judged {
  readonly where: string;
  readonly first: KnownRead;
  readonly evidence: () => readonly string[];
}
