/**
 * Requests whose replies are known from a reading while nothing else used the interface, no two of
 * them alike: with them a reply that belongs to another request is noticed.
 */

import { decodeOrNothing } from '../ipmi/codec.ts';
import { requestOf } from '../ipmi/command.ts';
import { AppCmd, NetFn } from '../ipmi/commands.ts';
import { Completion } from '../ipmi/completion.ts';
import { Support } from '../ipmi/device-id.ts';
import { GET_FRU_INFO, READ_FRU } from '../ipmi/fru.ts';
import type { Reply } from '../ipmi/message.ts';
import { FIRST_RECORD, NO_RECORD, decodeRecordPart } from '../ipmi/record-read.ts';
import type { RequestInput } from '../ipmi/requester.ts';
import { getSdr } from '../ipmi/sdr-record.ts';
import { GET_DEVICE_GUID, GET_DEVICE_ID, ask, has, isSameReply, replyText } from './session.ts';
import type { Session, Trouble } from './session.ts';

/** A request, and its reply. */
export interface KnownRead {
  readonly name: string;
  readonly request: RequestInput;
  readonly reply: Reply;
}

/** So few bytes are read of a FRU that every BMC gives them. */
const FRU_READ_BYTES = 16;

/** Records and pieces that are read of either, at most. */
const PIECES_MAX = 12;

type Named = readonly [name: string, request: RequestInput];

const ALWAYS: readonly Named[] = [
  ['Get Device ID', GET_DEVICE_ID],
  ['Get Device GUID', GET_DEVICE_GUID],
  ['Get BT Interface Capabilities', { netFn: NetFn.APP, cmd: AppCmd.GET_BT_CAPABILITIES }],
  ['Get Self Test Results', { netFn: NetFn.APP, cmd: AppCmd.GET_SELF_TEST_RESULTS }],
];

/**
 * Reads each request twice, and keeps those whose replies are the same and no other's. Resolves to
 * the trouble when one is not answered.
 */
export async function knownReads(session: Session): Promise<readonly KnownRead[] | Trouble> {
  const [fru, sdrs] = [await fruReads(session), await sdrReads(session)];
  if ('kind' in fru) return fru;
  if ('kind' in sdrs) return sdrs;
  const requests = [...ALWAYS, ...fru, ...sdrs];
  const known = new Map<string, KnownRead>();
  for (const [name, request] of requests) {
    const [first, second] = [await ask(session, request), await ask(session, request)];
    if (first.kind === 'trouble') return named(name, first);
    if (second.kind === 'trouble') return named(name, second);
    const { reply } = first;
    if (isSameReply(reply, second.reply)) known.set(replyText(reply), { name, request, reply });
  }
  return [...known.values()];
}

async function fruReads(session: Session): Promise<readonly Named[] | Trouble> {
  if (!has(session, Support.FRU_INVENTORY)) return [];
  const exchange = await ask(session, requestOf(GET_FRU_INFO, 0));
  if (exchange.kind === 'trouble') return named('Get FRU Inventory Area Info', exchange);
  const area = decodeOrNothing(GET_FRU_INFO.response, exchange.reply.data);
  const count = Math.min(Math.floor((area?.sizeBytes ?? 0) / FRU_READ_BYTES), PIECES_MAX);
  return Array.from({ length: count }, (_, at) => {
    const offset = at * FRU_READ_BYTES;
    const read = {
      fruId: 0,
      offset,
      count: FRU_READ_BYTES / (area?.access.isByWords === true ? 2 : 1),
    };
    return [`Read FRU Data at ${offset}`, requestOf(READ_FRU, read)];
  });
}

async function sdrReads(session: Session): Promise<readonly Named[] | Trouble> {
  if (!has(session, Support.SDR_REPOSITORY)) return [];
  const reads: Named[] = [];
  for (let recordId = FIRST_RECORD; recordId !== NO_RECORD && reads.length < PIECES_MAX;) {
    const request = getSdr({ recordId, count: FRU_READ_BYTES });
    const exchange = await ask(session, request);
    if (exchange.kind === 'trouble') return named('Get SDR', exchange);
    const { completionCode, data } = exchange.reply;
    const part = completionCode === Completion.OK ? decodeRecordPart(data) : undefined;
    if (part === undefined) return reads;
    reads.push([`Get SDR ${recordId}`, request]);
    recordId = part.nextId;
  }
  return reads;
}

function named(name: string, trouble: Trouble): Trouble {
  return { ...trouble, text: `${name}: ${trouble.text}` };
}
