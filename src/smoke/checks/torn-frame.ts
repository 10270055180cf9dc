/**
 * `torn-frame`: leaves the interface as a process does that is killed, and looks whether the next
 * one finds it usable: in the middle of writing a request, and in the middle of reading a response.
 * H2B_ATN is not set for a torn frame: some BMCs hang for ever on one that they were told to take.
 * Behind a BMC of 10 ms an answer the full 12 places take 1 s, and the quick 4 take 0.3 s.
 */

import { sleep } from '../../clock.ts';
import { IpmiError } from '../../errors.ts';
import type { Reply } from '../../ipmi/message.ts';
import type { Check, Means } from '../check.ts';
import type { Door } from '../../registry/door.ts';
import { GET_DEVICE_ID, ask, isSameReply, replyText, reportTrouble } from '../session.ts';
import { slugOf, textOf, withDevice } from '../session.ts';
import { Tracer } from '../tracer.ts';

/** Get Device ID with a sequence number, and bytes behind it that no request has. */
const FRAME = Uint8Array.of(0x0b, 0x18, 0x5a, 0x01, 0x55, 0xaa, 0x55, 0xaa, 0x55, 0xaa, 0x55, 0xaa);

/** The time that a BMC gets to answer before its answer is left half read. */
const ANSWER_MS = 5000;
const LOOK_EVERY_MS = 1;
const LOCK_MS = 30_000;

export const TORN_FRAME: Check = {
  id: 'torn-frame',
  question: 'Does the interface recover from a process that is killed in the middle of a frame?',
  risk: 'write',
  changes: 'Leaves frames half written and half read, as a killed process does, and recovers.',
  needs: ['bring-up'],
  limitSeconds: 120,
  run,
};

async function run(means: Means): Promise<void> {
  const { report, random, amount } = means;
  const expected = await recover(means, 'before any frame was torn', undefined);
  const places = amount(12, 4);
  for (let place = 1; place <= places && expected !== undefined; place += 1) {
    const count = random.integer(1, FRAME.length - 1);
    const isRead = place % 2 === 0;
    const what = isRead ? 'an answer was left half read' : `${count} bytes were written`;
    const isTorn = isRead ? await tearRead(means) : await tearWrite(means, count);
    if (!isTorn) return;
    if ((await recover(means, `after ${what}`, expected)) === undefined) return;
    report.progress(place / places);
  }
  report.measure({ name: 'torn', value: places, unit: '1' });
}

/** Writes the first bytes of a frame, and leaves. */
async function tearWrite(means: Means, count: number): Promise<boolean> {
  return await behindDoor(means, (door) => {
    door.registers.tearFrame(FRAME, count);
    return Promise.resolve(true);
  });
}

/** Takes a request to its answer, begins to read that, and leaves; H_BUSY stays set. */
async function tearRead(means: Means): Promise<boolean> {
  return await behindDoor(means, async ({ registers }) => {
    if (!(await comes(means, () => registers.isReady()))) {
      return tellBusy(means, 'the BMC was busy, so that no request could be written,');
    }
    registers.writeFrame(Uint8Array.of(0x03, ...FRAME.subarray(1, 4)), 4);
    if (!(await comes(means, () => registers.hasResponse()))) {
      return tellBusy(means, 'no answer to Get Device ID came');
    }
    registers.setHostBusy(true, registers.status());
    if (means.random.next() < 0.5) registers.clearAttention();
    return true;
  });
}

/** Looks until it is so; false when the time is over. */
async function comes({ subject, signal }: Means, isSo: () => boolean): Promise<boolean> {
  const endMs = subject.clock.now() + ANSWER_MS;
  while (!isSo()) {
    if (subject.clock.now() >= endMs) return false;
    await sleep(subject.clock, LOOK_EVERY_MS, signal);
  }
  return true;
}

function tellBusy({ report }: Means, words: string): false {
  const text = `${words} within ${ANSWER_MS} ms`;
  report.fail('bt-torn-frame', `${text}; run bring-up and latency alone, and reset the BMC`);
  return false;
}

/** Leaves without making the interface quiet: what is torn stays torn. */
async function behindDoor(
  { subject, signal }: Means,
  work: (door: Door) => Promise<boolean>,
): Promise<boolean> {
  const door = await subject.door(signal);
  try {
    const deadlineMs = subject.clock.now() + LOCK_MS;
    await door.arbiter.acquire(subject.clock, { deadlineMs, signal });
    return await work(door);
  } finally {
    door.arbiter.close();
    await door.close();
  }
}

/** Opens anew and asks; resolves to the answer, or to undefined with a finding. */
async function recover(
  means: Means,
  when: string,
  expected: Reply | undefined,
): Promise<Reply | undefined> {
  const trace = new Tracer(means.subject.clock);
  try {
    return await withDevice(means, { trace }, async (session) => {
      // The answer that was torn is dropped on purpose.
      session.excuse();
      const exchange = await ask(session, GET_DEVICE_ID);
      const evidence = trace.evidence();
      if (exchange.kind === 'trouble') {
        const where = `Get Device ID ${when}`;
        await reportTrouble(session, exchange, { where, slug: 'bt-torn-frame', evidence });
        return undefined;
      }
      const { reply } = exchange;
      if (expected === undefined || isSameReply(reply, expected)) return reply;
      const got = `got ${replyText(reply)} instead of ${replyText(expected)}`;
      const text = `Get Device ID ${when} ${got}; update the firmware of the BMC`;
      means.report.fail('bt-torn-frame', text, evidence);
      return undefined;
    });
  } catch (error) {
    if (!(error instanceof IpmiError) || slugOf(error) === undefined) throw error;
    const text = `the interface did not come up ${when}: ${textOf(error)}`;
    means.report.fail('bt-torn-frame', `${text}; reset the BMC, and report this`, trace.evidence());
    return undefined;
  }
}
