/**
 * Reads the longest replies that a BMC has: whole sensor data records, SEL entries, and as much of
 * its FRU as a frame carries. A record must be as long as it says, and a long read must agree with
 * short ones.
 */

import { hex } from '../errors.ts';
import { believable, DEFAULT_CAPABILITIES } from '../ipmi/bt-capabilities.ts';
import { decodeOrNothing } from '../ipmi/codec.ts';
import { requestOf } from '../ipmi/command.ts';
import { Completion } from '../ipmi/completion.ts';
import { Support } from '../ipmi/device-id.ts';
import { EVENT_RECORD_BYTES } from '../ipmi/event-record.ts';
import { GET_FRU_INFO, READ_FRU, fruBytes } from '../ipmi/fru.ts';
import type { FruAccess } from '../ipmi/fru.ts';
import type { Reply } from '../ipmi/message.ts';
import { FIRST_RECORD, NO_RECORD, decodeRecordPart, recordRequest } from '../ipmi/record-read.ts';
import type { RequestInput } from '../ipmi/requester.ts';
import { decodeSdrHeader, getSdr } from '../ipmi/sdr-record.ts';
import { GET_SEL_ENTRY } from '../ipmi/sel.ts';
import { ask, has, replyText, reportTrouble } from './session.ts';
import type { Session } from './session.ts';
import type { Tracer } from './tracer.ts';

/** Bytes of a reply's length besides the FRU's: netFn/LUN, seq, cmd, completion code, count. */
const FRU_OVERHEAD_BYTES = 5;

/** The count of a FRU read is a byte. */
const FRU_COUNT_MAX = 0xff;

/** A record that says to be its own successor, or an earlier one's, would never end. */
const SEL_ENTRIES = 2;

/** The longest reply so far. */
interface Longest {
  bytes: number;
  name: string;
}

/** Reads them all, and reports the longest. */
export async function longestReplies(session: Session, tracer: Tracer): Promise<void> {
  const { means } = session;
  const longest: Longest = { bytes: 0, name: 'none' };
  const reader = new Reader(session, tracer, longest);
  if (has(session, Support.SDR_REPOSITORY)) await readSdrs(reader, means.amount(300, 5));
  if (has(session, Support.SEL)) await readSel(reader);
  if (has(session, Support.FRU_INVENTORY)) await readFruWhole(reader);
  means.report.measure({ name: 'longest-reply', value: longest.bytes, unit: 'By' });
  means.report.fact('longest-reply-of', longest.name);
}

/** Asks, keeps the longest reply, and reports what is wrong. */
class Reader {
  readonly session: Session;
  /** The interface is wedged, or an answer was wrong: nothing more is read. */
  isOver = false;
  readonly #tracer: Tracer;
  readonly #longest: Longest;

  constructor(session: Session, tracer: Tracer, longest: Longest) {
    this.session = session;
    this.#tracer = tracer;
    this.#longest = longest;
  }

  /** Resolves to `undefined` without an answer, which it has reported. */
  async read(name: string, request: RequestInput): Promise<Reply | undefined> {
    if (this.isOver) return undefined;
    const exchange = await ask(this.session, request);
    if (exchange.kind === 'trouble') {
      this.isOver = true;
      await reportTrouble(this.session, exchange, {
        where: `${name}, a long reply`,
        evidence: this.#tracer.evidence(),
      });
      return undefined;
    }
    const { reply } = exchange;
    if (reply.data.length > this.#longest.bytes) {
      Object.assign(this.#longest, { bytes: reply.data.length, name });
    }
    return reply;
  }

  /** The BMC's answer cannot be true. */
  fail(name: string, words: string): void {
    this.isOver = true;
    const text = `${name}: ${words}; update the firmware of the BMC, or report this to its maker`;
    this.session.means.report.fail('bt-malformed', text, this.#tracer.evidence());
  }

  /** The BMC refuses, which it may. */
  refused(name: string, reply: Reply): void {
    this.session.means.report.fact(`${name} answers`, replyText(reply));
  }
}

async function readSdrs(reader: Reader, most: number): Promise<void> {
  const seen = new Set<number>();
  for (let recordId = FIRST_RECORD; recordId !== NO_RECORD && seen.size < most;) {
    const name = `Get SDR ${hex(recordId)}`;
    const reply = await reader.read(name, getSdr({ recordId }));
    if (reply === undefined) return;
    // Some BMCs refuse to send some records whole.
    if (reply.completionCode !== Completion.OK) {
      reader.refused(name, reply);
      return;
    }
    const part = decodeRecordPart(reply.data);
    const header = part && decodeSdrHeader(part.bytes);
    if (part === undefined || header?.bytes !== part.bytes.length) {
      const says = header === undefined ? 'no header' : `${header.bytes} bytes in its header`;
      reader.fail(name, `${part?.bytes.length ?? 0} bytes of a record came, with ${says}`);
      return;
    }
    if (seen.has(part.nextId)) {
      reader.fail(name, `the next record is ${hex(part.nextId)}, which was read before`);
      return;
    }
    seen.add(recordId === FIRST_RECORD ? header.recordId : recordId);
    recordId = part.nextId;
  }
  reader.session.means.report.fact('sdr-records-read', seen.size);
}

async function readSel(reader: Reader): Promise<void> {
  let recordId: number = FIRST_RECORD;
  for (let entries = 0; entries < SEL_ENTRIES && recordId !== NO_RECORD; entries += 1) {
    const name = `Get SEL Entry ${hex(recordId)}`;
    const whole = recordRequest({ recordId });
    const reply = await reader.read(name, requestOf(GET_SEL_ENTRY, whole));
    if (reply === undefined) return;
    // An empty SEL has no first entry.
    if (reply.completionCode !== Completion.OK) {
      reader.refused(name, reply);
      return;
    }
    const entry = decodeOrNothing(GET_SEL_ENTRY.response, reply.data);
    if (entry?.bytes.length !== EVENT_RECORD_BYTES) {
      reader.fail(name, `an entry has 16 bytes, and ${reply.data.length - 2} came`);
      return;
    }
    recordId = entry.nextId;
  }
}

async function readFruWhole(reader: Reader): Promise<void> {
  const answer = await reader.read('Get FRU Inventory Area Info', requestOf(GET_FRU_INFO, 0));
  if (answer === undefined) return;
  const isThere = answer.completionCode === Completion.OK;
  const info = isThere ? decodeOrNothing(GET_FRU_INFO.response, answer.data) : undefined;
  if (info === undefined) {
    reader.refused('Get FRU Inventory Area Info', answer);
    return;
  }
  const { capabilities = DEFAULT_CAPABILITIES } = reader.session.device;
  const fits = believable(capabilities).outputBytes - FRU_OVERHEAD_BYTES;
  const { access, sizeBytes } = info;
  const unit = access.isByWords ? 2 : 1;
  const most = Math.floor(Math.min(fits, sizeBytes, FRU_COUNT_MAX * unit) / unit);
  const long = await readLong(reader, most, access);
  if (long === undefined || long.length < 2 * unit) return;
  const half = Math.floor(long.length / unit / 2);
  const reads = [
    { offset: 0, count: half },
    { offset: half, count: long.length / unit - half },
  ];
  const halves: number[] = [];
  for (const { offset, count } of reads) {
    const bytes = await readBytes(reader, { offset, count, access });
    if (bytes === undefined) return;
    halves.push(...bytes);
  }
  if (Buffer.compare(Uint8Array.from(halves), long) === 0) return;
  const text = `${long.length} bytes read at once differ from the same read in two parts`;
  reader.fail('Read FRU Data', text);
}

/** The longest read that the BMC does not refuse: half as long each time. */
async function readLong(
  reader: Reader,
  most: number,
  access: FruAccess,
): Promise<Uint8Array | undefined> {
  for (let count = most; count >= 1; count = Math.floor(count / 2)) {
    const bytes = await readBytes(reader, { offset: 0, count, access });
    if (bytes !== undefined || reader.isOver) return bytes;
  }
  return undefined;
}

interface FruPart {
  readonly offset: number;
  readonly count: number;
  readonly access: FruAccess;
}

/** Resolves to `undefined` when the BMC refuses. */
async function readBytes(
  reader: Reader,
  { offset, count, access }: FruPart,
): Promise<Uint8Array | undefined> {
  const name = `Read FRU Data, ${count} from ${offset}`;
  const reply = await reader.read(name, requestOf(READ_FRU, { fruId: 0, offset, count }));
  if (reply === undefined) return undefined;
  if (reply.completionCode !== Completion.OK) {
    reader.refused(name, reply);
    return undefined;
  }
  const part = decodeOrNothing(READ_FRU.response, reply.data);
  const bytes = part && fruBytes(part, access.isByWords);
  if (bytes === undefined || bytes.length === 0) {
    reader.fail(name, `${reply.data.length - 1} bytes came, and their count is ${reply.data[0]}`);
  }
  return bytes;
}
