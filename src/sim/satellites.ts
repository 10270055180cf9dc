/**
 * Satellite controllers behind a simulated BMC (IPMI 2.0 §6.13): Send Message passes a request on
 * to one of them, whose answer goes into the receive message queue.
 */

import {
  DATA_LENGTH_INVALID,
  DESTINATION_UNAVAILABLE,
  INVALID_FIELD,
  OK,
} from './command-record.ts';
import type { SimReply } from './command-record.ts';

/** A request that a satellite controller gets. */
export interface SatelliteRequest {
  readonly netFn: number;
  readonly lun: number;
  readonly cmd: number;
  readonly data: Uint8Array;
}

/** A satellite controller. */
export interface Satellite {
  /** Channel of the BMC that it is behind; 0 by default. */
  readonly channel?: number;
  /** Slave address, even. */
  readonly address: number;
  /** Completion code and response data; undefined for no answer. */
  readonly answer: (request: SatelliteRequest) => readonly number[] | undefined;
  /** Controllers that this one passes tracked messages on to. */
  readonly satellites?: readonly Satellite[];
}

const NAK_ON_WRITE = 0x83;

/** Send Message of the App network function. */
const SEND_MESSAGE = { netFn: 0x06, cmd: 0x34 } as const;

/** A message to a controller, taken apart. */
interface Message extends SatelliteRequest {
  readonly address: number;
  readonly requester: number;
  /** Sequence number and logical unit of the requester, as one byte. */
  readonly number: number;
  readonly requesterLun: number;
}

/** The result of Send Message: its own answer, and the message that comes back, if one does. */
export interface Forwarded {
  readonly reply: SimReply;
  /** The channel and the bytes that Get Message gives. */
  readonly message?: readonly number[];
}

/** Passes the message of a Send Message on. */
export function forward(satellites: readonly Satellite[], data: Uint8Array): Forwarded {
  const channel = (data[0] ?? 0) & 0x0f;
  const message = takeApart(data.subarray(1));
  if (message === 'short') return { reply: [DATA_LENGTH_INVALID] };
  if (message === 'torn') return { reply: [INVALID_FIELD] };
  const here = satellites.filter((one) => (one.channel ?? 0) === channel);
  if (here.length === 0) return { reply: [DESTINATION_UNAVAILABLE] };
  const found = here.find(({ address }) => address === message.address);
  if (found === undefined) return { reply: [NAK_ON_WRITE] };
  const answer = answerOf(found, message);
  if (answer === undefined) return { reply: [OK] };
  return { reply: [OK], message: [channel, ...responseTo(message, answer).slice(1)] };
}

function answerOf(satellite: Satellite, message: Message): readonly number[] | undefined {
  const { satellites = [] } = satellite;
  const isSend = message.netFn === SEND_MESSAGE.netFn && message.cmd === SEND_MESSAGE.cmd;
  if (!isSend || satellites.length === 0) return satellite.answer(message);
  const { reply, message: answer } = forward(satellites, message.data);
  if (answer === undefined) return reply[0] === OK ? undefined : reply;
  // With the address in front that the answer was sent to, which is its own.
  return [OK, satellite.address, ...answer.slice(1)];
}

function takeApart(bytes: Uint8Array): Message | 'short' | 'torn' {
  const [address = 0, target = 0, , requester = 0, number = 0, cmd, last] = bytes;
  if (cmd === undefined || last === undefined) return 'short';
  if (sum(bytes.subarray(0, 3)) !== 0 || sum(bytes.subarray(3)) !== 0) return 'torn';
  const parts = { netFn: target >> 2, lun: target & 3, requesterLun: number & 3 };
  return { ...parts, address, requester, number, cmd, data: bytes.slice(6, -1) };
}

/** The whole response, the address that it is sent to in front. */
function responseTo(message: Message, answer: readonly number[]): readonly number[] {
  const { netFn, lun, requesterLun, requester, address, number, cmd } = message;
  const head = [requester, ((netFn + 1) << 2) | requesterLun];
  const body = [address, (number & 0xfc) | lun, cmd, ...answer];
  return [...head, -sum(head) & 0xff, ...body, -sum(body) & 0xff];
}

function sum(bytes: Iterable<number>): number {
  let total = 0;
  for (const byte of bytes) total += byte;
  return total & 0xff;
}
