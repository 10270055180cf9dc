/** Reads the inventory of a FRU (IPMI 2.0 §34) as ipmitool does, and in fewer steps. */

import { Completion, completionText } from '../../ipmi/completion.ts';
import { HEADER_BYTES } from '../../ipmi/fru-areas.ts';
import type { Reply } from '../../ipmi/message.ts';
import type { Requester } from '../../ipmi/requester.ts';
import { NetFn, StorageCmd } from '../../ipmi/commands.ts';
import { ask } from './ask.ts';
import type { Session } from './session.ts';

/** A FRU: where it is asked, and its number there. */
export interface FruPlace {
  readonly session: Session;
  readonly requester: Requester;
  readonly id: number;
}

/** Codes for a request of too many bytes; ipmitool takes no others for one. */
export const TOO_MANY: ReadonlySet<number> = new Set([
  Completion.INVALID_LENGTH,
  Completion.FIELD_TOO_LONG,
  Completion.TOO_MANY_BYTES,
]);

/** Most bytes of a read: its count is a byte. */
const READ_BYTES = 255;

/** Above this a read that is too long becomes shorter at once, and below it byte by byte. */
const LARGE_BYTES = 32;

/** Reads do not become shorter than this. */
const SMALL_BYTES = 8;

/** A part that was read, or whether it is worth to go on without it. */
export type FruPart =
  { readonly isRead: true; readonly bytes: Uint8Array } | { readonly isRead: false };

/** Reads one FRU. */
export class FruReader {
  readonly #place: FruPlace;
  readonly size: number;
  /** It counts in words of two bytes. */
  readonly isByWords: boolean;
  readonly #known = new Map<number, number>();
  #most: number;

  constructor(place: FruPlace, size: number, isByWords: boolean) {
    this.#place = place;
    this.size = size;
    this.isByWords = isByWords;
    this.#most = isByWords ? LARGE_BYTES : READ_BYTES;
  }

  /** The common header as the BMC sends it. */
  async header(): Promise<Reply | undefined> {
    const ahead = Math.min(this.#most, this.size);
    if (ahead > HEADER_BYTES && !this.isByWords) {
      const reply = await this.#read(0, ahead);
      if (reply?.completionCode === Completion.OK && this.#keep(0, reply) >= HEADER_BYTES) {
        return {
          completionCode: Completion.OK,
          data: Uint8Array.of(HEADER_BYTES, ...this.#slice(0, HEADER_BYTES)),
        };
      }
    }
    return await askFru(this.#place, StorageCmd.READ_FRU_DATA, [0, 0, HEADER_BYTES]);
  }

  /** Reads a part; complains in ipmitool's words where it cannot. */
  async part(offset: number, length: number): Promise<FruPart> {
    const { session } = this.#place;
    if (offset > this.size) {
      session.complain(`Read FRU Area offset incorrect: ${offset} > ${this.size}`);
      return { isRead: false };
    }
    const end = Math.min(offset + length, this.size);
    if (end < offset + length) {
      const all = offset + length;
      session.complain(`Read FRU Area length ${all} too large, Adjusting to ${end - offset}`);
    }
    // ipmitool asks for no bytes, too.
    let at = offset;
    do {
      const count = await this.#step(at, end);
      // Where no bytes were asked for, none is missing.
      if (count === undefined && at < end) return { isRead: false };
      if (count === undefined || count === 0) break;
      at += count;
    } while (at < end);
    const bytes = new Uint8Array(length);
    bytes.set(this.#slice(offset, end));
    return { isRead: true, bytes };
  }

  /** Reads on; the number of bytes that came, 0 where there are no more. */
  async #step(at: number, end: number): Promise<number | undefined> {
    const kept = this.#keptFrom(at);
    if (at === end) return await this.#exact(at, 0, end);
    if (kept > 0) return Math.min(kept, end - at);
    const ahead = this.isByWords ? 0 : Math.min(this.#most, this.size - at);
    const wanted = Math.min(this.#most, end - at);
    const early = ahead > wanted ? await this.#read(at, ahead) : undefined;
    const isEarly = early?.completionCode === Completion.OK && (early.data[0] ?? 0) > 0;
    if (isEarly) return Math.min(this.#keep(at, early), end - at);
    return await this.#exact(at, wanted, end);
  }

  async #exact(at: number, wanted: number, end: number): Promise<number | undefined> {
    const { session } = this.#place;
    const reply = await this.#read(at, wanted);
    const code = reply?.completionCode;
    if (reply === undefined || code === undefined) session.complain('FRU Read failed');
    else if (code === Completion.OK) {
      const count = (reply.data[0] ?? 0) * (this.isByWords ? 2 : 1);
      if (reply.data.length > 0 && count <= reply.data.length - 1 && count <= end - at) {
        return this.#keep(at, reply);
      }
      // An interface with a short buffer has cut the answer.
      if (count > reply.data.length - 1 && wanted > LARGE_BYTES) {
        this.#most = LARGE_BYTES;
        return await this.#exact(at, LARGE_BYTES, end);
      }
      session.print(' Not enough buffer size');
    } else if (TOO_MANY.has(code) && this.#most > SMALL_BYTES) {
      this.#most = this.#most > LARGE_BYTES ? LARGE_BYTES : this.#most - 1;
      return await this.#exact(at, Math.min(this.#most, wanted), end);
    } else session.complain(`FRU Read failed: ${completionText(code)}`);
    return undefined;
  }

  async #read(at: number, count: number): Promise<Reply | undefined> {
    const unit = this.isByWords ? 2 : 1;
    const from = Math.floor(at / unit);
    const data = [from & 0xff, from >> 8, count];
    return await askFru(this.#place, StorageCmd.READ_FRU_DATA, data);
  }

  /** Keeps the bytes of a reply; their number. */
  #keep(at: number, { data }: Reply): number {
    const count = Math.min((data[0] ?? 0) * (this.isByWords ? 2 : 1), data.length - 1);
    for (let index = 0; index < count; index += 1)
      this.#known.set(at + index, data[index + 1] ?? 0);
    return count;
  }

  #keptFrom(at: number): number {
    let end = at;
    while (this.#known.has(end)) end += 1;
    return end - at;
  }

  #slice(from: number, end: number): number[] {
    return Array.from(
      { length: Math.max(0, end - from) },
      (_, index) => this.#known.get(from + index) ?? 0,
    );
  }
}

/** Sends a command about a FRU: its number, then these bytes. */
export async function askFru(
  { session, requester, id }: FruPlace,
  cmd: number,
  data: readonly number[] = [],
): Promise<Reply | undefined> {
  return await ask(session, { netFn: NetFn.STORAGE, cmd, data: [id, ...data], requester });
}
