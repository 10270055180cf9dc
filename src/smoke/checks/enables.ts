/**
 * `enables`: changes BMC Global Enables (IPMI 2.0 §22.1) bit by bit, reads them back at once and
 * after a while, and restores them in any case. A BMC that forgets them raises no interrupt and
 * keeps no event. It takes 6 s in full and 1 s in quick.
 */

import { GlobalEnable } from '../../bmc/global-enables.ts';
import { sleep } from '../../clock.ts';
import { hex } from '../../errors.ts';
import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { Completion } from '../../ipmi/completion.ts';
import type { RequestInput } from '../../ipmi/requester.ts';
import { Skipped } from '../check.ts';
import type { Check, Means } from '../check.ts';
import { ask, replyText, reportTrouble, textOf, withDevice } from '../session.ts';
import type { Session } from '../session.ts';

const GET: RequestInput = { netFn: NetFn.APP, cmd: AppCmd.GET_GLOBAL_ENABLES };

const BITS = [
  GlobalEnable.RECEIVE_MESSAGE_INTERRUPT,
  GlobalEnable.EVENT_MESSAGE_BUFFER_INTERRUPT,
  GlobalEnable.EVENT_MESSAGE_BUFFER,
] as const;

export const ENABLES: Check = {
  id: 'enables',
  question: 'Does the BMC keep its global enables?',
  risk: 'write',
  changes: 'Toggles bits 0 to 2 of BMC Global Enables, one at a time, and restores them.',
  needs: ['bring-up'],
  limitSeconds: 60,
  run: (means) => withDevice(means, {}, (session) => run(session, means)),
};

async function run(session: Session, means: Means): Promise<void> {
  const found = await read(session, 'before anything was changed');
  if (found === undefined) return;
  means.report.fact('enables', hex(found));
  try {
    for (const [index, bit] of BITS.entries()) {
      if (!(await toggle(session, found ^ bit))) return;
      means.report.progress((index + 1) / BITS.length);
    }
  } finally {
    await restore(session, found);
  }
}

/** Reads the enables; undefined, and reported, without an answer. */
async function read(session: Session, when: string): Promise<number | undefined> {
  const exchange = await ask(session, GET);
  const where = `Get BMC Global Enables, ${when}`;
  if (exchange.kind === 'trouble') {
    await reportTrouble(session, exchange, { where });
    return undefined;
  }
  const { reply } = exchange;
  const [enables] = reply.data;
  if (reply.completionCode === Completion.OK && enables !== undefined) return enables;
  throw new Skipped(`the BMC does not tell its global enables: ${replyText(reply)}`);
}

/** Sets the enables and looks at them twice; false when there is no use in going on. */
async function toggle(session: Session, enables: number): Promise<boolean> {
  const { report, subject, signal, amount } = session.means;
  const exchange = await ask(session, setting(enables));
  const name = `BMC Global Enables ${hex(enables)}`;
  if (exchange.kind === 'trouble') {
    await reportTrouble(session, exchange, { where: `setting ${name}` });
    return false;
  }
  if (exchange.reply.completionCode !== Completion.OK) {
    report.warn('bt-enables-lost', `the BMC refuses ${name}: ${replyText(exchange.reply)}`);
    return true;
  }
  for (const waitMs of [0, amount(2000, 300)]) {
    await sleep(subject.clock, waitMs, signal);
    const seen = await read(session, `${waitMs} ms after they were set`);
    if (seen === undefined) return false;
    if (seen === enables) continue;
    const text =
      `the BMC accepted ${name}, and ${waitMs} ms later they read ${hex(seen)}: interrupts and ` +
      'events that were enabled are lost. Look for another program that sets them, or update the BMC';
    report.fail('bt-enables-lost', text);
    return false;
  }
  return true;
}

/** Restores them although the check may be at its end: once, and with a time of its own. */
async function restore({ device, means }: Session, enables: number): Promise<void> {
  const command = `ipmi-bt raw 0x06 0x2e ${hex(enables)}`;
  let trouble: string | undefined;
  try {
    const reply = await device.request(setting(enables), { retries: 0 });
    if (reply.completionCode !== Completion.OK) trouble = replyText(reply);
    else {
      const [now] = (await device.request(GET)).data;
      if (now !== enables) trouble = `they read ${now === undefined ? 'nothing' : hex(now)}`;
    }
  } catch (error) {
    trouble = textOf(error);
  }
  if (trouble === undefined) return;
  const text = `BMC Global Enables could not be restored to ${hex(enables)}: ${trouble}`;
  means.report.fail('bt-enables-lost', `${text}; run ${command}`);
}

function setting(enables: number): RequestInput {
  const data = Uint8Array.of(enables);
  return { netFn: NetFn.APP, cmd: AppCmd.SET_GLOBAL_ENABLES, data };
}
