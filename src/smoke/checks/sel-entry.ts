/**
 * `sel-entry`: adds an entry to the SEL and reads it back. The entry is an OEM record that says
 * `ipmi` and a tag of chance; nothing is ever deleted from the SEL. It takes 0.1 s.
 */

import { hex } from '../../errors.ts';
import { decodeOrNothing } from '../../ipmi/codec.ts';
import { requestOf } from '../../ipmi/command.ts';
import { Completion } from '../../ipmi/completion.ts';
import { EVENT_RECORD_BYTES } from '../../ipmi/event-record.ts';
import { recordRequest } from '../../ipmi/record-read.ts';
import { ADD_SEL_ENTRY, GET_SEL_ENTRY, GET_SEL_INFO } from '../../ipmi/sel.ts';
import type { SelInfo } from '../../ipmi/sel.ts';
import type { Reply } from '../../ipmi/message.ts';
import type { RequestInput } from '../../ipmi/requester.ts';
import { Skipped } from '../check.ts';
import type { Check, Means, Random } from '../check.ts';
import { ask, replyText, reportTrouble, withDevice } from '../session.ts';
import type { Session } from '../session.ts';

/** An OEM record with a time, of no manufacturer; six bytes are the OEM's (§32.2). */
const RECORD_TYPE = 0xc0;
const MARK = Buffer.from('ipmi');

/** Behind the number, the type and the time, all of which the BMC may set. */
const OWN_FROM = 7;

export const SEL_ENTRY: Check = {
  id: 'sel-entry',
  question: 'Does the SEL keep an entry that is added to it?',
  risk: 'write',
  changes:
    'Adds one entry to the SEL, an OEM record of type 0xc0 that says `ipmi`; it stays there.',
  isOnce: true,
  needs: ['bring-up'],
  limitSeconds: 60,
  run: (means) => withDevice(means, {}, (session) => run(session, means)),
};

async function run(session: Session, means: Means): Promise<void> {
  const { report } = means;
  const before = await infoOf(session);
  if (before === undefined) return;
  report.fact('sel-entries', before.entries);
  if (before.support.isOverflown || before.freeBytes < EVENT_RECORD_BYTES) {
    const text = `the SEL is full with ${before.entries} entries: events are lost`;
    report.fail('bt-sel', `${text}; save it and clear it (ipmitool sel save, then sel clear)`);
    return;
  }
  const record = recordOf(means.random);
  const recordId = await add(session, record);
  if (recordId === undefined) return;
  report.fact('sel-entry', hex(recordId));
  await expectBack(session, record, recordId);
  const after = await infoOf(session);
  // Others may add entries at the same time.
  if (after === undefined || after.entries > before.entries) return;
  const text = `the SEL had ${before.entries} entries before one was added, and ${after.entries} then`;
  report.fail('bt-sel', `${text}; see whether the BMC drops the oldest, and save the SEL`);
}

function recordOf(random: Random): Uint8Array {
  const record = new Uint8Array(EVENT_RECORD_BYTES);
  record[2] = RECORD_TYPE;
  record.set(MARK, 10);
  record.set([random.integer(0, 255), random.integer(0, 255)], 14);
  return record;
}

async function infoOf(session: Session): Promise<SelInfo | undefined> {
  const reply = await answerTo(session, 'Get SEL Info', requestOf(GET_SEL_INFO, undefined));
  if (reply === undefined) return undefined;
  if (reply.completionCode !== Completion.OK) {
    throw new Skipped(`the BMC has no SEL: ${replyText(reply)}`);
  }
  const info = decodeOrNothing(GET_SEL_INFO.response, reply.data);
  if (info === undefined) {
    const text = `Get SEL Info: ${reply.data.length} bytes came instead of 14`;
    session.means.report.fail('bt-malformed', `${text}; update the firmware of the BMC`);
  }
  return info;
}

/** Sent once, whatever becomes of it. */
async function add(session: Session, record: Uint8Array): Promise<number | undefined> {
  const reply = await answerTo(session, 'Add SEL Entry', requestOf(ADD_SEL_ENTRY, record));
  if (reply === undefined) return undefined;
  const isAdded = reply.completionCode === Completion.OK;
  const recordId = isAdded ? decodeOrNothing(ADD_SEL_ENTRY.response, reply.data) : undefined;
  if (recordId !== undefined) return recordId;
  const text = `the BMC does not add an entry to its SEL: ${replyText(reply)}`;
  session.means.report.fail('bt-sel', `${text}; look at its SEL with ipmitool sel info`);
  return undefined;
}

async function expectBack(session: Session, record: Uint8Array, recordId: number): Promise<void> {
  const name = `Get SEL Entry ${hex(recordId)}`;
  const whole = recordRequest({ recordId });
  const reply = await answerTo(session, name, requestOf(GET_SEL_ENTRY, whole));
  if (reply === undefined) return;
  const isRead = reply.completionCode === Completion.OK;
  const entry = isRead ? decodeOrNothing(GET_SEL_ENTRY.response, reply.data) : undefined;
  const own = entry && ownPart(entry.bytes);
  if (own === ownPart(record) && entry?.bytes[2] === RECORD_TYPE) return;
  const text = `${name}: the entry was added as ${ownPart(record)} and read back as ${replyText(reply)}`;
  session.means.report.fail(
    'bt-sel',
    `${text}; the SEL of this BMC cannot be relied on: update it`,
  );
}

function ownPart(record: Uint8Array): string {
  return Buffer.from(record.subarray(OWN_FROM)).toString('hex');
}

async function answerTo(
  session: Session,
  where: string,
  request: RequestInput,
): Promise<Reply | undefined> {
  const exchange = await ask(session, request);
  if (exchange.kind === 'answer') return exchange.reply;
  await reportTrouble(session, exchange, { where });
  return undefined;
}
