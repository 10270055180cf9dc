/** The exchanges of a recording: each frame that was handed to the BMC, and the reply to it. */

import { Ctrl, isResponse } from '../bt/bits.ts';
import { REPLY_LENGTH_MIN, isAnswer } from '../bt/frame.ts';
import type { AccessEntry, Recording } from './recording.ts';

/** The reply to a frame. */
export type RecordedReply =
  /** The completion code, and the data behind it. */
  | { readonly kind: 'shown'; readonly bytes: readonly number[]; readonly afterMs: number }
  /** The recording does not have its data. */
  | { readonly kind: 'hidden'; readonly completionCode: number; readonly afterMs: number }
  /** None came. */
  | { readonly kind: 'none' };

/** A frame that was handed to the BMC. */
export interface Exchange {
  readonly netFn: number;
  readonly lun: number;
  readonly cmd: number;
  readonly seq: number;
  /** Undefined when the recording does not have the data. */
  readonly data: readonly number[] | undefined;
  readonly dataBytes: number;
  /** When H2B_ATN was rung. */
  readonly atMs: number;
  readonly reply: RecordedReply;
}

/** Bytes of a request frame in front of its data. */
const HEADER_BYTES = 4;

/** Replies may come out of turn, but no later than so many requests afterwards. */
const OPEN_MAX = 256;

/** A frame, while its reply may come. */
interface Open {
  readonly frame: Uint8Array;
  readonly hidden: number;
  readonly atMs: number;
  reply: RecordedReply;
}

/** Finds the exchanges, in the order in which the requests were handed over. */
export function exchangesOf({ entries }: Pick<Recording, 'entries'>): readonly Exchange[] {
  const finder = new Finder();
  for (const entry of entries) {
    if (entry.kind === 'in') finder.read(entry);
    if (entry.kind === 'out') finder.write(entry);
  }
  return finder.found.map(exchangeOf);
}

class Finder {
  readonly found: Open[] = [];
  /** Written, and not rung yet. */
  #written: Pick<AccessEntry, 'bytes' | 'hidden'> | undefined;
  /** When B2H_ATN was seen for the response that is read next. */
  #seenMs: number | undefined;

  write({ register, bytes, hidden, value = 0, atMs }: AccessEntry): void {
    if (register === 'HOST2BMC') this.#written = { bytes, hidden };
    if (register !== 'BT_CTRL') return;
    const { bytes: header, hidden: rest } = this.#written ?? {};
    if ((value & Ctrl.H2B_ATN) === 0 || header === undefined || rest === undefined) return;
    this.#written = undefined;
    this.#seenMs = undefined;
    if (header.length < HEADER_BYTES) return;
    const frame = Uint8Array.from(header);
    this.found.push({ frame, hidden: rest, atMs, reply: { kind: 'none' } });
  }

  read({ register, bytes, hidden, value, atMs }: AccessEntry): void {
    if (register === 'BT_CTRL' && value !== undefined && isResponse(value)) this.#seenMs ??= atMs;
    if (register !== 'BMC2HOST' || bytes === undefined) return;
    const seenMs = this.#seenMs ?? atMs;
    this.#seenMs = undefined;
    const body = Uint8Array.from(bytes);
    if (body.length < REPLY_LENGTH_MIN) return;
    const open = this.found
      .slice(-OPEN_MAX)
      .findLast(({ frame, reply }) => reply.kind === 'none' && isAnswer(body, frame));
    if (open === undefined) return;
    const afterMs = Math.max(seenMs - open.atMs, 0);
    const [, , , completionCode = 0] = body;
    open.reply =
      hidden === 0
        ? { kind: 'shown', bytes: bytes.slice(REPLY_LENGTH_MIN - 1), afterMs }
        : { kind: 'hidden', completionCode, afterMs };
  }
}

function exchangeOf({ frame, hidden, atMs, reply }: Open): Exchange {
  const [, netFnLun = 0, seq = 0, cmd = 0, ...data] = frame;
  return {
    ...{ netFn: netFnLun >> 2, lun: netFnLun & 3, cmd, seq, atMs, reply },
    data: hidden === 0 ? data : undefined,
    dataBytes: data.length + hidden,
  };
}
