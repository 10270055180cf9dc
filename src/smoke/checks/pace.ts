/**
 * `pace`: requests back to back until the sequence numbers have wrapped, and after gaps from 1 ms
 * to 10 s. Behind a BMC of 10 ms an answer the full run takes 26 s, of which 19 s are gaps, and the
 * quick one 1 s.
 */

import { sleep } from '../../clock.ts';
import type { Reply } from '../../ipmi/message.ts';
import type { Check, Means } from '../check.ts';
import { GET_DEVICE_ID, ask, isSameReply, replyText, reportTrouble } from '../session.ts';
import { withDevice } from '../session.ts';
import type { Exchange, Session } from '../session.ts';

/** Gaps, milliseconds; a quick run ends before the first that is longer than half a second. */
const GAPS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] as const;
const QUICK_GAPS = 8;

/** Requests after a short gap; after one longer than that a single request will do. */
const SHORT_GAP_MS = 100;
const REQUESTS_AFTER_SHORT_GAP = 5;

/** Findings after which the check ends. */
const FINDINGS_MAX = 3;

/** Counts the findings of the check. */
interface Course {
  findings: number;
  isWedged: boolean;
  /** The answer that all must be like. */
  expected: Reply | undefined;
}

export const PACE: Check = {
  id: 'pace',
  question: 'Does the BMC answer at any pace, and through a wrap of the sequence number?',
  risk: 'read-only',
  needs: ['bring-up'],
  limitSeconds: 120,
  run: (means) => withDevice(means, {}, (session) => run(session, means)),
};

async function run(session: Session, means: Means): Promise<void> {
  const { report, subject, signal } = means;
  const course: Course = { findings: 0, isWedged: false, expected: undefined };
  const count = means.amount(600, 40);
  const startMs = subject.clock.now();
  for (let sent = 1; sent <= count && !isOver(course); sent += 1) {
    const exchange = await ask(session, GET_DEVICE_ID);
    await judge(session, exchange, { course, where: `request ${sent} of ${count}, back to back` });
    report.progress(sent / (2 * count));
  }
  const seconds = (subject.clock.now() - startMs) / 1000;
  report.measure({ name: 'back-to-back', value: count / seconds, unit: '/s' });
  const gaps = GAPS_MS.slice(0, means.amount(GAPS_MS.length, QUICK_GAPS));
  for (const [index, gapMs] of gaps.entries()) {
    const times = gapMs <= SHORT_GAP_MS ? REQUESTS_AFTER_SHORT_GAP : 1;
    for (let sent = 1; sent <= times && !isOver(course); sent += 1) {
      await sleep(subject.clock, gapMs, signal);
      const exchange = await ask(session, GET_DEVICE_ID);
      await judge(session, exchange, { course, where: `a request after a gap of ${gapMs} ms` });
    }
    report.progress(0.5 + (index + 1) / (2 * gaps.length));
  }
}

function isOver({ findings, isWedged }: Course): boolean {
  return isWedged || findings >= FINDINGS_MAX;
}

async function judge(
  session: Session,
  exchange: Exchange,
  { course, where }: { readonly course: Course; readonly where: string },
): Promise<void> {
  if (exchange.kind === 'trouble') {
    course.findings += 1;
    course.isWedged = await reportTrouble(session, exchange, { where, slug: 'bt-pace' });
    return;
  }
  course.expected ??= exchange.reply;
  if (isSameReply(exchange.reply, course.expected)) return;
  course.findings += 1;
  const got = `got ${replyText(exchange.reply)} instead of ${replyText(course.expected)}`;
  const advice = 'the device id of a BMC does not change; report this to its maker';
  session.means.report.fail('bt-wrong-answer', `${where}, ${got}; ${advice}`);
}
