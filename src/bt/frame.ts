/**
 * BT frames (IPMI 2.0 §11.5): encodes requests and decodes replies. Pure data, without registers.
 *
 *     request   length, netFn/LUN, seq, cmd, data...
 *     reply     length, netFn/LUN, seq, cmd, completion code, data...
 *
 * The length byte counts the bytes after itself.
 */

import type { Dropped } from '../driver/machine.ts';
import { hex } from '../errors.ts';
import { REQUEST_OVERHEAD_BYTES } from '../ipmi/bt-capabilities.ts';
import { ReceivedReply } from '../ipmi/message.ts';
import type { Reply, Request } from '../ipmi/message.ts';
import type { Quirk } from './quirks.ts';

/** Largest value of a length byte. */
export const LENGTH_MAX = 255;

/** Longest BT frame: the length byte and what it counts. */
export const FRAME_BYTES_MAX = LENGTH_MAX + 1;

/** Smallest length byte of a reply: netFn/LUN, seq, cmd, completion code. */
export const REPLY_LENGTH_MIN = 4;

/** Bit 0 of the netFn, in the packed netFn/LUN byte: set in replies. */
const REPLY_BIT = 0x04;

/** Writes the frame of `request` into `target` and returns its size in bytes. */
export function encodeRequest(request: Request, seq: number, target: Uint8Array): number {
  const length = REQUEST_OVERHEAD_BYTES + request.data.length;
  if (length > LENGTH_MAX) throw new Error(`bug: frame of ${length} bytes`);

  target[0] = length;
  target[1] = (request.netFn << 2) | request.lun;
  target[2] = seq;
  target[3] = request.cmd;
  if (request.data.length > 0) target.set(request.data, 4);
  return length + 1;
}

/** The bits of a packed netFn/LUN byte that are the LUN. */
const LUN_BITS = 0x03;

/**
 * True if a reply's `body`, the bytes behind its length byte, answers the request `frame`: it has
 * the same seq, cmd and LUN, and the request's netFn plus one (§11.5.2). The seq alone proves
 * nothing, because it is reused and an answer may come late. With `takesLunZero` the LUN of the
 * reply may be 0, too.
 */
export function isAnswer(body: Uint8Array, frame: Uint8Array, takesLunZero = false): boolean {
  if (!hasSeqAndCmd(body, frame)) return false;
  const wanted = answeringNetFnLun(frame);
  return body[0] === wanted || (takesLunZero && body[0] === (wanted & ~LUN_BITS));
}

/**
 * Says what is wrong with a `body` that has the seq and the cmd of the request `frame`, and is not
 * its answer; undefined for every other body.
 */
export function misfit(body: Uint8Array, frame: Uint8Array): string | undefined {
  const [came, wanted] = [body[0] ?? 0, answeringNetFnLun(frame)];
  if (came === wanted || !hasSeqAndCmd(body, frame)) return undefined;
  const quirk: Quirk = 'lun-zero-replies';
  const remedy = came === (wanted & ~LUN_BITS) ? `, which the quirk ${quirk} takes` : '';
  return `NetFn/LUN ${hex(came)} instead of ${hex(wanted)}${remedy}`;
}

function hasSeqAndCmd(body: Uint8Array, frame: Uint8Array): boolean {
  return body[1] === frame[2] && body[2] === frame[3];
}

/** The packed netFn/LUN byte of the answer to the request `frame`. */
function answeringNetFnLun(frame: Uint8Array): number {
  return (frame[1] ?? 0) | REPLY_BIT;
}

/** Decodes the reply in a `body` of `length` bytes, at least {@link REPLY_LENGTH_MIN}. */
export function decodeReply(body: Uint8Array, length: number): Reply {
  const data = new Uint8Array(Math.max(length - REPLY_LENGTH_MIN, 0));
  // Most replies are short, and for those this is twice as fast as a slice.
  for (let index = 0; index < data.length; index += 1) {
    data[index] = body[REPLY_LENGTH_MIN + index] ?? 0;
  }
  return new ReceivedReply(body[3] ?? 0, data);
}

/** Decodes a response that answers no request; `netFn` is that of the request it would answer. */
export function decodeDropped(body: Uint8Array, length: number): Dropped {
  const [netFnLun = 0, , cmd = 0] = body;
  return { netFn: (netFnLun & ~REPLY_BIT) >> 2, cmd, reply: decodeReply(body, length) };
}
