/**
 * Reads single records of an SDR repository (IPMI 2.0 §33.12), or of device SDRs (§35.3): whole
 * where the BMC lets it, else in parts; it remembers how many bytes the BMC gives.
 */

import { sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { IpmiError, hex } from '../errors.ts';
import { Completion, isTooMany, isUnknownCommand } from '../ipmi/completion.ts';
import { titleOf } from '../ipmi/command.ts';
import { WHOLE_RECORD } from '../ipmi/record-read.ts';
import type { RecordPart } from '../ipmi/record-read.ts';
import { SDR_HEADER_BYTES, decodeSdrHeader } from '../ipmi/sdr-record.ts';
import { failureOf } from './caller.ts';
import type { Answer, CallOptions, Caller } from './caller.ts';
import type { SdrStore } from './sdr-store.ts';

/** A record, and the number of the one behind it. */
export interface ReadRecord {
  readonly bytes: Uint8Array;
  readonly nextId: number;
}

/** Everything that a reader needs. */
export interface ReaderParts {
  readonly store: SdrStore;
  readonly caller: Caller;
  readonly clock: Clock;
  /** From 0 up to 1, 1 excluded. */
  readonly random: () => number;
  readonly options: CallOptions;
}

/** Bytes that are asked for where a whole record is refused: most records have no more. */
const PART_BYTES = 64;

/** A part begins at one of these bytes (§33.12): the offset is a byte. */
const OFFSET_MAX = 0xff;

/** Every BMC gives a part this small. */
const PART_BYTES_MIN = 4;

/** Reservations for one record: so often may other readers, or changes, cancel it. */
const RESERVATIONS_MAX = 16;

/** Before the nth reservation in a row there is a random pause of up to `5 * 2^n` ms. */
const PAUSE_MS = 5;
const PAUSE_MAX_MS = 320;

export class SdrReader {
  readonly #parts: ReaderParts;
  /** Bytes of one answer, as far as the BMC refused more. */
  #most = WHOLE_RECORD;
  /** The BMC refuses a part that is longer than the record: its header is read first. */
  #wantsHeader = false;
  #reservation = 0;
  /** The BMC has no reservations: parts are read with number 0 (§35.4). */
  #hasNoReservations = false;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  /**
   * Reads a record: one transaction where the BMC gives it whole. Rejects with `COMMAND_FAILED` for
   * a completion code that is about this record, or about the repository.
   */
  async read(recordId: number): Promise<ReadRecord> {
    const [most, wantsHeader] = [this.#most, this.#wantsHeader];
    try {
      return await this.#patiently(recordId);
    } catch (error) {
      // A record that cannot be read at all says nothing of the others.
      [this.#most, this.#wantsHeader] = [most, wantsHeader];
      throw error;
    }
  }

  async #patiently(recordId: number): Promise<ReadRecord> {
    for (let losses = 0; ; losses += 1) {
      const record = await this.#attempt(recordId);
      if (record !== undefined) return record;
      if (losses === RESERVATIONS_MAX)
        throw failureOf(this.#parts.store.get, Completion.RESERVATION_LOST);
      await this.#reserve(losses);
    }
  }

  /** Reads the header alone, for the number of the record behind one that cannot be read. */
  async readHeader(recordId: number): Promise<RecordPart | undefined> {
    const { value } = await this.#ask(recordId, { offset: 0, count: SDR_HEADER_BYTES });
    return value;
  }

  /** Resolves to undefined when there is no valid reservation: the record must be read anew. */
  async #attempt(recordId: number): Promise<ReadRecord | undefined> {
    const bytes: number[] = [];
    for (;;) {
      const total = totalOf(bytes);
      const count = this.#countFor(bytes.length, total);
      const isPart = bytes.length > 0;
      if (bytes.length > OFFSET_MAX) throw this.#unreachable(recordId, bytes.length);
      const mayReserve = this.#reservation === 0 && !this.#hasNoReservations;
      if (isPart && mayReserve) await this.#reserve(-1);
      const answer = await this.#ask(recordId, { offset: bytes.length, count });
      if (answer.value === undefined) {
        if (answer.completionCode === Completion.RESERVATION_LOST) return undefined;
        this.#yield(answer.completionCode, { count, total });
        continue;
      }
      take(bytes, answer.value.bytes, this.#parts.store);
      const known = totalOf(bytes);
      if (known !== undefined && bytes.length >= known) {
        const { nextId } = answer.value;
        return { bytes: Uint8Array.from(bytes.slice(0, known)), nextId };
      }
    }
  }

  #countFor(offset: number, total: number | undefined): number {
    if (total !== undefined) return Math.min(total - offset, this.#most);
    return this.#wantsHeader ? Math.min(SDR_HEADER_BYTES - offset, this.#most) : this.#most;
  }

  /** Asks for less from now on; throws where the answer is about something else. */
  #yield(code: number, { count, total }: { count: number; total: number | undefined }): void {
    // Some BMCs need too long for a long record.
    const { get } = this.#parts.store;
    if (!isTooMany(code) && code !== Completion.TIMEOUT) throw failureOf(get, code);
    if (count === WHOLE_RECORD && this.#most === WHOLE_RECORD) {
      this.#most = PART_BYTES;
    } else if (total === undefined && !this.#wantsHeader && count > SDR_HEADER_BYTES) {
      // The record may be shorter than that, which some BMCs take for a mistake.
      this.#wantsHeader = true;
    } else {
      let less = this.#most;
      while (less >= count) less >>= 1;
      if (less < PART_BYTES_MIN) throw failureOf(get, code);
      this.#most = less;
    }
  }

  async #ask(
    recordId: number,
    part: { readonly offset: number; readonly count: number },
  ): Promise<Answer<RecordPart>> {
    const { caller, store, options } = this.#parts;
    const args = { reservation: this.#reservation, recordId, ...part };
    return await caller.answer(store.get, args, { ...options, lun: store.lun });
  }

  /** Parallel readers cancel the reservations of each other, until their pauses differ enough. */
  async #reserve(losses: number): Promise<void> {
    const { caller, clock, random, store, options } = this.#parts;
    const mostMs = Math.min(PAUSE_MS * 2 ** losses, PAUSE_MAX_MS);
    if (losses >= 0) await sleep(clock, random() * mostMs, options.signal);
    const how = { ...options, lun: store.lun };
    const { completionCode, value } = await caller.answer(store.reserve, undefined, how);
    this.#hasNoReservations = isUnknownCommand(completionCode);
    if (value === undefined && !this.#hasNoReservations) {
      throw failureOf(store.reserve, completionCode);
    }
    this.#reservation = value ?? 0;
  }

  /** A record of 257 to 260 bytes that the BMC does not give whole: its end has no offset. */
  #unreachable(recordId: number, offset: number): IpmiError {
    const text =
      `record ${hex(recordId)} of ${this.#parts.store.name}: its bytes from ${offset} on have no ` +
      'offset, and the BMC does not give it whole';
    return new IpmiError('RESPONSE_MALFORMED', text, { outcome: 'answered' });
  }
}

function totalOf(bytes: readonly number[]): number | undefined {
  return decodeSdrHeader(Uint8Array.from(bytes.slice(0, SDR_HEADER_BYTES)))?.bytes;
}

/**
 * Puts a part behind those before it. Some BMCs give the whole record whatever is asked for: they
 * ignore the offset, too, if as many bytes come as the record has, and begin as it does.
 */
function take(bytes: number[], part: Uint8Array, { get }: SdrStore): void {
  if (part.length === 0) {
    const text = `${titleOf(get)}: no byte came of a record of which ${bytes.length} are read`;
    throw new IpmiError('RESPONSE_MALFORMED', text, { outcome: 'answered' });
  }
  const header = bytes.slice(0, SDR_HEADER_BYTES);
  const isWhole =
    part.length === totalOf(bytes) && header.every((byte, index) => part[index] === byte);
  if (isWhole) bytes.length = 0;
  bytes.push(...part);
}
