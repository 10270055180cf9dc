/**
 * The bytes of a FRU, which are read when they are wanted, once, in pieces as large as the BMC
 * sends them.
 */

import { IpmiError, hex } from '../errors.ts';
import { isTooMany } from '../ipmi/completion.ts';
import { READ_FRU, fruBytes } from '../ipmi/fru.ts';
import type { FruInfo } from '../ipmi/fru.ts';
import { failureOf } from './caller.ts';
import type { CallOptions, Caller } from './caller.ts';

/** Bytes that are read at once at first: twice of what most BMCs are asked for. */
export const PIECE_BYTES = 64;

/** The size of the pieces of a BMC, which outlives an image. */
export interface PieceSize {
  bytes: number;
}

/** The FRU that is read, and the way to it. */
export interface FruSource {
  readonly caller: Caller;
  readonly fruId: number;
  readonly info: FruInfo;
  readonly piece: PieceSize;
  readonly options: CallOptions;
}

export class FruImage {
  readonly sizeBytes: number;
  readonly #source: FruSource;
  readonly #bytes: Uint8Array;
  readonly #isRead: boolean[];

  constructor(source: FruSource) {
    this.#source = source;
    this.sizeBytes = source.info.sizeBytes;
    this.#bytes = new Uint8Array(this.sizeBytes);
    this.#isRead = Array<boolean>(this.sizeBytes).fill(false);
  }

  /** Resolves to the bytes of a part, cut off at the end of the inventory; reads those it lacks. */
  async part(from: number, length: number): Promise<Uint8Array> {
    const to = Math.min(from + length, this.sizeBytes);
    for (let at = from; at < to;) {
      if (this.#isRead[at] === true) at += 1;
      else await this.#read(at, this.#endOfGap(at, to));
    }
    return this.#bytes.slice(from, to);
  }

  #endOfGap(from: number, most: number): number {
    let at = from;
    while (at < most && this.#isRead[at] !== true) at += 1;
    return at;
  }

  /** Reads bytes from the first one on, at least one of them; remembers what is refused. */
  async #read(from: number, to: number): Promise<void> {
    const { caller, fruId, info, piece, options } = this.#source;
    const { isByWords } = info.access;
    const unit = isByWords ? 2 : 1;
    const offset = Math.floor(from / unit);
    for (;;) {
      const wanted = Math.ceil(to / unit) - offset;
      const count = Math.max(1, Math.min(wanted, Math.floor(piece.bytes / unit)));
      const answer = await caller.answer(READ_FRU, { fruId, offset, count }, options);
      if (answer.value !== undefined) {
        const bytes = fruBytes(answer.value, isByWords);
        this.#keep(offset * unit, bytes?.subarray(0, count * unit), from);
        return;
      }
      if (!isTooMany(answer.completionCode) || count === 1) {
        throw failureOf(READ_FRU, answer.completionCode);
      }
      piece.bytes = Math.floor((count * unit) / 2);
    }
  }

  #keep(at: number, bytes: Uint8Array | undefined, from: number): void {
    // An answer that brings nothing new would be asked for again and again.
    if (bytes === undefined || at + bytes.length <= from) {
      const { fruId } = this.#source;
      const text = `FRU ${fruId}: the bytes at ${hex(from)} are not as many as their count says`;
      throw new IpmiError('RESPONSE_MALFORMED', text, { outcome: 'answered' });
    }
    for (const [index, byte] of bytes.subarray(0, this.sizeBytes - at).entries()) {
      this.#bytes[at + index] = byte;
      this.#isRead[at + index] = true;
    }
  }
}
