/**
 * `frames`: requests of every length that the BMC takes, the longest replies that it has, and a
 * request one byte longer, which must not reach the wire. All of them only read; a BMC may refuse
 * the bytes that a command does not have. Behind a BMC of 10 ms an answer the full run takes 6 s
 * with 300 records, and the quick one 0.6 s.
 */

import { limitsFor } from '../../driver/limits.ts';
import { IpmiError, hex } from '../../errors.ts';
import { DEFAULT_CAPABILITIES } from '../../ipmi/bt-capabilities.ts';
import type { Check, Means } from '../check.ts';
import { longestReplies } from '../longest-replies.ts';
import { GET_DEVICE_GUID, GET_DEVICE_ID, ask, isSameReply } from '../session.ts';
import { replyText, reportTrouble, withDevice } from '../session.ts';
import type { Session } from '../session.ts';
import { Tracer } from '../tracer.ts';

/** Lengths that a quick run tries besides the first, the last, and every so many. */
const QUICK_STEP = 24;
const EDGES = [1, 2, 3, 60, 61] as const;

/** Findings after which no further length is tried. */
const FINDINGS_MAX = 3;

/** Filler of the bytes that the commands do not have: all bits change from one to the next. */
const FILLER = [0x55, 0xaa] as const;

export const FRAMES: Check = {
  id: 'frames',
  question: 'Does the BMC take every length of a request, and send its longest replies?',
  risk: 'read-only',
  needs: ['bring-up'],
  limitSeconds: 180,
  run,
};

async function run(means: Means): Promise<void> {
  const tracer = new Tracer(means.subject.clock);
  await withDevice(means, { trace: tracer }, async (session) => {
    const most = limitsFor(session.device.capabilities ?? DEFAULT_CAPABILITIES).requestDataMax;
    means.report.fact('request-data-max', most);
    const isUsable = await tryLengths(session, most, tracer);
    if (!isUsable) return;
    await longestReplies(session, tracer);
    await checkTooLong(session, most, tracer);
  });
}

/** False when the interface is wedged. */
async function tryLengths(session: Session, most: number, tracer: Tracer): Promise<boolean> {
  const { report } = session.means;
  const lengths = lengthsOf(session.means, most);
  const codes = new Map<number, number>();
  let findings = 0;
  for (const [index, length] of lengths.entries()) {
    // The command alternates, so that an answer to the length before is noticed.
    const { netFn, cmd } = index % 2 === 0 ? GET_DEVICE_ID : GET_DEVICE_GUID;
    const data = Uint8Array.from({ length }, (_, at) => FILLER[at % 2] ?? 0);
    const exchange = await ask(session, { netFn, cmd, data });
    report.progress((index + 1) / (2 * lengths.length));
    if (exchange.kind === 'answer') {
      const { completionCode } = exchange.reply;
      codes.set(completionCode, (codes.get(completionCode) ?? 0) + 1);
      continue;
    }
    findings += 1;
    const where = `a request of ${length} data bytes, of ${most} that the BMC says it takes`;
    const place = { where, slug: 'bt-frame-refused', evidence: tracer.evidence() } as const;
    if (await reportTrouble(session, exchange, place)) return false;
    if (findings >= FINDINGS_MAX) break;
  }
  for (const [code, count] of codes) report.fact(`answers-${hex(code)}`, count);
  return true;
}

function lengthsOf(means: Means, most: number): readonly number[] {
  const step = means.amount(1, QUICK_STEP);
  const all = Array.from({ length: most + 1 }, (_, length) => length);
  if (step === 1) return all;
  const edges: readonly number[] = [...EDGES, most - 1, most];
  return all.filter((length) => length % step === 0 || edges.includes(length));
}

/** The driver refuses it; a defect of the driver, and none of the hardware, if it does not. */
async function checkTooLong(session: Session, most: number, tracer: Tracer): Promise<void> {
  const { device } = session;
  const before = tracer.rungAt.length;
  const data = new Uint8Array(most + 1);
  const refused = await device.request({ ...GET_DEVICE_ID, data }, { retries: 0 }).then(
    (reply) => `was answered: ${replyText(reply)}`,
    (error: unknown) => error,
  );
  const isRefused = refused instanceof IpmiError && refused.code === 'REQUEST_TOO_LONG';
  if (!isRefused) throw new Error(`bug: a request of ${most + 1} bytes: ${String(refused)}`);
  if (tracer.rungAt.length > before) {
    throw new Error(`bug: a request of ${most + 1} bytes reached the wire, and was refused`);
  }
  const [one, other] = [await ask(session, GET_DEVICE_ID), await ask(session, GET_DEVICE_ID)];
  if (one.kind === 'trouble' || other.kind === 'trouble') {
    const trouble = one.kind === 'trouble' ? one : other;
    if (trouble.kind === 'trouble') {
      await reportTrouble(session, trouble, { where: 'a request after one too long' });
    }
  } else if (!isSameReply(one.reply, other.reply)) {
    const text = `after a request too long: ${replyText(one.reply)}, then ${replyText(other.reply)}`;
    session.means.report.fail('bt-wrong-answer', `${text}; report this to the maker of the BMC`);
  }
}
