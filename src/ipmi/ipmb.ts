/**
 * Messages on an IPMB (IPMI 2.0 §6.13, figure 22-2; IPMB 1.0 §2.11): addresses, a sequence number,
 * and two checksums, each of which makes the sum of what it covers 0.
 */

import { AppCmd, NetFn } from './commands.ts';
import type { Command } from './command.ts';
import { bits, choice, flag, range, rest, struct } from './codec.ts';
import type { Reserved } from './codec.ts';
import type { IpmbResponse, Request } from './message.ts';

/** Slave address of the BMC, in a byte as it is sent. */
export const BMC_ADDRESS = 0x20;

/** The BMC's logical unit whose answers go into the receive message queue (§7.2). */
export const SMS_LUN = 2;

/** Sequence numbers of messages, 0..63. */
export const IPMB_NUMBERS = 64;

/** Address, network function, checksum; then requester, number, command, data, checksum. */
const HEAD_BYTES = 3;
const REQUEST_BYTES_MIN = 7;

/** Network function, checksum; then address, number, command, completion code, checksum. */
const RESPONSE_BYTES_MIN = 7;

/** A request to a controller. */
export interface IpmbRequest {
  /** Slave address of the controller, even, 0x00..0xfe. */
  readonly address: number;
  /** Network function, even. */
  readonly netFn: number;
  /** Logical unit of the controller. */
  readonly lun: number;
  /** Slave address and logical unit that the answer goes to. */
  readonly requester: number;
  readonly requesterLun: number;
  /** 0..63. */
  readonly seq: number;
  readonly cmd: number;
  readonly data: Uint8Array;
}

/** The message that a `Send Message` carries (§22.7): where it goes, and whether it is tracked. */
export interface SentMessage {
  readonly target: {
    /** Channel number, 0..15. */
    readonly channel: number;
    readonly isAuthenticated: boolean;
    readonly isEncrypted: boolean;
    /** `tracked`: the controller that forwards it answers with the answer. */
    readonly tracking: 'untracked' | 'tracked' | 'raw' | number;
  } & Reserved;
  readonly message: Uint8Array;
}

/** Send Message (§22.7). */
export const SEND_MESSAGE: Command<SentMessage, Uint8Array> = {
  netFn: NetFn.APP,
  cmd: AppCmd.SEND_MESSAGE,
  section: '§22.7',
  request: struct({
    target: bits({
      channel: range(0, 4),
      isAuthenticated: flag(4),
      isEncrypted: flag(5),
      tracking: choice(6, 2, ['untracked', 'tracked', 'raw']),
    }),
    message: rest,
  }),
  response: rest,
  codes: {
    0x80: 'invalid session handle',
    0x81: 'lost arbitration on the bus',
    0x82: 'bus error',
    0x83: 'NAK on write: no controller answers at the address',
  },
};

/** True for a request whose data is a message for another controller. */
export function isCarrier({ netFn, cmd }: Pick<Request, 'netFn' | 'cmd'>): boolean {
  return netFn === SEND_MESSAGE.netFn && cmd === SEND_MESSAGE.cmd;
}

/** The bytes of a request. */
export function encodeIpmbRequest(request: IpmbRequest): Uint8Array {
  const { address, netFn, lun, requester, requesterLun, seq, cmd, data } = request;
  const head = [address, (netFn << 2) | lun];
  const body = [requester, (seq << 2) | requesterLun, cmd, ...data];
  return Uint8Array.from([...head, checksum(head), ...body, checksum(body)]);
}

/**
 * Reads a request; undefined when it is too short, or a checksum is wrong: a controller that does
 * not look at the checksums could take the bytes otherwise.
 */
export function decodeIpmbRequest(bytes: Uint8Array): IpmbRequest | undefined {
  if (bytes.length < REQUEST_BYTES_MIN) return undefined;
  const [head, body] = [bytes.subarray(0, HEAD_BYTES), bytes.subarray(HEAD_BYTES)];
  if (sum(head) !== 0 || sum(body) !== 0) return undefined;
  const [address = 0, netFnLun = 0, , requester = 0, number = 0, cmd = 0] = bytes;
  return {
    ...{ address, netFn: netFnLun >> 2, lun: netFnLun & 3 },
    ...{ requester, requesterLun: number & 3, seq: number >> 2, cmd },
    data: body.subarray(3, -1),
  };
}

/**
 * Reads an answer as Get Message has it (§22.6): without the first byte, the address it was sent
 * to. With `requester`, that address, the checksums must be right. Without it they are not looked
 * at: the BMC has checked them as they came over the bus, and some, such as OpenIPMI's `ipmi_sim`,
 * do not put them right for the message without that first byte. Undefined when it is too short.
 */
export function decodeIpmbResponse(
  bytes: Uint8Array,
  requester?: number,
): IpmbResponse | undefined {
  const [target = 0, , address = 0, number = 0, cmd = 0, completionCode = 0] = bytes;
  if (bytes.length < RESPONSE_BYTES_MIN) return undefined;
  if (requester !== undefined) {
    const isIntact =
      sum([requester, ...bytes.subarray(0, 2)]) === 0 && sum(bytes.subarray(2)) === 0;
    if (!isIntact) return undefined;
  }
  const data = bytes.slice(6, -1);
  return { netFn: target >> 2, address, seq: number >> 2, cmd, completionCode, data };
}

/** The byte that makes the sum 0. */
function checksum(bytes: readonly number[]): number {
  return -sum(bytes) & 0xff;
}

function sum(bytes: Iterable<number>): number {
  let total = 0;
  for (const byte of bytes) total += byte;
  return total & 0xff;
}
