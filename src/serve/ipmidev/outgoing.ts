/**
 * A message that an open file sends: the checks that the kernel's driver makes before it takes one,
 * and the request for the BMC that it becomes.
 */

import { encode } from '../../ipmi/codec.ts';
import { AppCmd, LUN_MAX, NetFn } from '../../ipmi/commands.ts';
import { SEND_MESSAGE, encodeIpmbRequest } from '../../ipmi/ipmb.ts';
import { REQUEST_DATA_BYTES_MAX } from '../../ipmi/message.ts';
import type { RequestInput } from '../../ipmi/requester.ts';
import { Errno } from '../errno.ts';
import type { Timing } from './abi.ts';
import type { IpmbAddress, MessageAddress, SystemAddress } from './address.ts';
import type { Source } from './interface.ts';

/** A message as the caller gives it. */
export interface OutgoingMessage<To = MessageAddress> {
  readonly to: To;
  readonly messageId: bigint;
  /** Six bits: the kernel's driver drops the others as well. */
  readonly netFn: number;
  readonly cmd: number;
  readonly data: Uint8Array;
  readonly timing: Timing;
}

/** One that can be sent. */
export type SendableMessage = OutgoingMessage<SystemAddress> | OutgoingMessage<IpmbAddress>;

/** Most data of a message, `IPMI_MAX_MSG_LENGTH`. */
export const MESSAGE_BYTES_MAX = 272;

/** Commands that only the driver itself may send: they share the BMC's one queue of each kind. */
const OWNED: readonly number[] = [
  ...[AppCmd.GET_MESSAGE, AppCmd.SEND_MESSAGE, AppCmd.READ_EVENT_MESSAGE_BUFFER],
];

/** The channel of Send Message, and the six bytes and the checksum of a message on an IPMB. */
const IPMB_OVERHEAD_BYTES = 8;

/** An address in front of the message, which all controllers take. */
const BROADCAST = 0x00;

/** The message, or the errno that refuses it. */
export function sendable(
  message: OutgoingMessage,
  ipmbChannels: ReadonlySet<number>,
): SendableMessage | number {
  const { to } = message;
  switch (to.kind) {
    case 'system': {
      const isWrong = isResponse(message) || to.lun > LUN_MAX || isOwned(message);
      if (isWrong) return Errno.EINVAL;
      return fits(message, 0) ? { ...message, to } : Errno.EMSGSIZE;
    }
    case 'ipmb': {
      if (!ipmbChannels.has(to.channel)) return Errno.EINVAL;
      if (!fits(message, IPMB_OVERHEAD_BYTES + (to.isBroadcast ? 1 : 0))) return Errno.EMSGSIZE;
      // An odd address is none: bit 0 would say that something is read.
      const isWrong = to.lun > LUN_MAX || to.address % 2 !== 0;
      return isWrong ? Errno.EINVAL : { ...message, to };
    }
    case 'direct':
      return Errno.EAFNOSUPPORT;
    case 'lan':
      // As on a channel without a LAN: no session of the BMC is used for messages.
      return Errno.EINVAL;
  }
}

/** An answer to a command of another controller. */
export function isResponse({ netFn }: Pick<OutgoingMessage, 'netFn'>): boolean {
  return netFn % 2 !== 0;
}

function isOwned({ netFn, cmd }: OutgoingMessage): boolean {
  return netFn === NetFn.APP && OWNED.includes(cmd);
}

function fits({ data }: OutgoingMessage, overheadBytes: number): boolean {
  return data.length + overheadBytes <= REQUEST_DATA_BYTES_MAX;
}

/** The request that the BMC gets for a message to itself. */
export function systemRequest(message: OutgoingMessage<SystemAddress>): RequestInput {
  const { to, netFn, cmd, data } = message;
  return { netFn, cmd, lun: to.lun, data };
}

/** The BMC's request for a message, by which a policy judges it; its sequence number is open. */
export function requestOf(message: SendableMessage, source: Source): RequestInput {
  return isForIpmb(message) ? sendMessage(message, source, 0) : systemRequest(message);
}

/** True for one that goes through the BMC to another controller. */
export function isForIpmb(message: SendableMessage): message is OutgoingMessage<IpmbAddress> {
  return message.to.kind === 'ipmb';
}

/** The Send Message that carries a message to another controller, under that sequence number. */
export function sendMessage(
  message: OutgoingMessage<IpmbAddress>,
  source: Source,
  seq: number,
): RequestInput {
  const { to, netFn, cmd, data } = message;
  const frame = encodeIpmbRequest({
    ...{ address: to.address, lun: to.lun, netFn, cmd, data, seq },
    ...{ requester: source.address, requesterLun: source.lun },
  });
  const target = { channel: to.channel, isAuthenticated: false, isEncrypted: false };
  const wrapped = encode(SEND_MESSAGE.request, {
    target: { ...target, tracking: 'untracked', reserved: 0 },
    message: to.isBroadcast ? Uint8Array.of(BROADCAST, ...frame) : frame,
  });
  return { netFn: SEND_MESSAGE.netFn, cmd: SEND_MESSAGE.cmd, data: wrapped };
}
