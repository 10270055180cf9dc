/**
 * The request inside a Send Message (IPMI 2.0 §22.7), which the BMC passes on to another
 * controller. What it is decides whether a client may send it.
 */

import { decodeIpmbRequest, isCarrier } from '../ipmi/ipmb.ts';
import type { IpmbRequest } from '../ipmi/ipmb.ts';

/** A message on an IPMB, and the BMC's channel that it goes to. */
export interface Carried extends IpmbRequest {
  readonly channel: number;
}

/** The address to which a broadcast is sent; the message follows (IPMI 2.0 §20.9). */
const BROADCAST_ADDRESS = 0x00;

/** Reads the data of a Send Message; undefined when it is no whole message of an IPMB. */
export function carriedBy(data: Uint8Array): Carried | undefined {
  const [target = 0, first] = data;
  const isBroadcast = first === BROADCAST_ADDRESS;
  const plain = decodeIpmbRequest(data.subarray(1));
  // A controller could take it for a plain message, in which other bytes are the command.
  if (isBroadcast && plain !== undefined) return undefined;
  const message = isBroadcast ? decodeIpmbRequest(data.subarray(2)) : plain;
  return message && { channel: target & 0x0f, ...message };
}

/**
 * The messages inside a Send Message, the outer one first: a controller that it goes to may be told
 * to pass another one on. Undefined when one of them cannot be read.
 */
export function allCarriedBy(data: Uint8Array): readonly Carried[] | undefined {
  const all: Carried[] = [];
  // Each is shorter than the one that it is in, so that there is an end.
  for (let inner: Uint8Array = data; ;) {
    const message = carriedBy(inner);
    if (message === undefined) return undefined;
    all.push(message);
    if (!isCarrier(message)) return all;
    inner = message.data;
  }
}
