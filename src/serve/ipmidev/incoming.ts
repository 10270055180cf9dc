/**
 * Events and messages of the BMC as open files are told them: `struct ipmi_recv` without its
 * pointers.
 */

import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { Completion } from '../../ipmi/completion.ts';
import type { EventRecord } from '../../ipmi/event-record.ts';
import { encodeAddress } from './address.ts';
import type { IpmbAddress } from './address.ts';
import type { OutgoingMessage } from './outgoing.ts';
import { ReceiveType } from './receive-queue.ts';
import type { ReceivedMessage } from './receive-queue.ts';

/** A command of another controller, which wants an answer. */
export interface IncomingCommand {
  readonly from: IpmbAddress;
  /** The logical unit that it was sent to. */
  readonly lun: number;
  /** 0..63. */
  readonly seq: number;
  readonly netFn: number;
  readonly cmd: number;
  readonly data: Uint8Array;
}

/** Network function, checksum, address, number, command, checksum. */
const COMMAND_BYTES_MIN = 6;

/** The event as an answer to Read Event Message Buffer without its completion code. */
export function eventMessage(record: EventRecord): ReceivedMessage {
  return {
    type: ReceiveType.ASYNC_EVENT,
    address: encodeAddress({ kind: 'system', lun: 0 }),
    messageId: 0n,
    netFn: NetFn.APP | 1,
    cmd: AppCmd.READ_EVENT_MESSAGE_BUFFER,
    data: Uint8Array.from(record.raw),
  };
}

/**
 * Reads a message of an IPMB as Get Message has it (IPMI 2.0 §22.6): without the first byte, the
 * address that it was sent to. Undefined for one that is too short, or is an answer.
 */
export function decodeCommand(channel: number, bytes: Uint8Array): IncomingCommand | undefined {
  const [target = 0, , address = 0, number = 0, cmd = 0] = bytes;
  const netFn = target >> 2;
  if (bytes.length < COMMAND_BYTES_MIN || netFn % 2 !== 0) return undefined;
  return {
    from: { kind: 'ipmb', channel, address, lun: number & 3, isBroadcast: false },
    ...{ lun: target & 3, seq: number >> 2, netFn, cmd, data: bytes.slice(5, -1) },
  };
}

export function commandMessage({ from, seq, netFn, cmd, data }: IncomingCommand): ReceivedMessage {
  return {
    type: ReceiveType.COMMAND,
    address: encodeAddress(from),
    messageId: BigInt(seq),
    ...{ netFn, cmd, data },
  };
}

/** The answer that the command is not known. */
export function unknownCommand(command: IncomingCommand): OutgoingMessage<IpmbAddress> {
  const { from, seq, netFn, cmd } = command;
  return {
    ...{ to: from, messageId: BigInt(seq), netFn: netFn | 1, cmd },
    data: Uint8Array.of(Completion.INVALID_COMMAND),
    timing: { retries: 0, retryMs: 0 },
  };
}
