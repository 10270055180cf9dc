/**
 * Reads one entry of a SEL, whatever the BMC needs for it: a reservation, or smaller pieces. What
 * it has learned it remembers for the next entry.
 */

import { IpmiError, hex } from '../errors.ts';
import { Completion, isTooMany } from '../ipmi/completion.ts';
import { EVENT_RECORD_BYTES } from '../ipmi/event-record.ts';
import { NO_RECORD, WHOLE_RECORD } from '../ipmi/record-read.ts';
import type { RecordPart } from '../ipmi/record-read.ts';
import { GET_SEL_ENTRY, RESERVE_SEL } from '../ipmi/sel.ts';
import { failureOf } from './caller.ts';
import type { CallOptions, Caller } from './caller.ts';

/** The result of reading an entry. */
export type SelReading =
  | { readonly kind: 'read'; readonly nextId: number; readonly bytes: Uint8Array }
  /** There is no entry of that number. */
  | { readonly kind: 'gone' }
  /** `nextId` is undefined where the BMC does not tell it. */
  | { readonly kind: 'failed'; readonly error: IpmiError; readonly nextId: number | undefined };

/** Bytes that are asked for, one after another while the BMC refuses. */
const COUNTS = [WHOLE_RECORD, EVENT_RECORD_BYTES, 8, 4] as const;

/** An entry for which the reservation is lost so often is not read: events come too fast. */
const RENEWALS_MAX = 8;

export class SelReader {
  readonly #caller: Caller;
  readonly #options: CallOptions;
  #countAt = 0;
  /** 0 while none was needed. */
  #reservation = 0;

  constructor(caller: Caller, options: CallOptions) {
    this.#caller = caller;
    this.#options = options;
  }

  get reservation(): number {
    return this.#reservation;
  }

  /** Reserves the SEL; the reservation before is lost. One transaction. */
  async reserve(): Promise<void> {
    this.#reservation = await this.#caller.call(RESERVE_SEL, undefined, this.#options);
  }

  /** Reads an entry: one transaction, unless the BMC refuses to send it whole. */
  async read(recordId: number): Promise<SelReading> {
    const countAtFirst = this.#countAt;
    const reading = await this.#readInSteps(recordId);
    // An entry that cannot be read at all says nothing about the others.
    if (reading.kind === 'failed') this.#countAt = countAtFirst;
    return reading;
  }

  async #readInSteps(recordId: number): Promise<SelReading> {
    let renewals = 0;
    for (;;) {
      const reading = await this.#readOnce(recordId);
      if (reading.kind !== 'failed') return reading;
      const code = reading.error.completionCode;
      if (code === Completion.RESERVATION_LOST && renewals < RENEWALS_MAX) {
        renewals += 1;
        await this.reserve();
      } else if (code !== undefined && isTooMany(code) && this.#countAt + 1 < COUNTS.length) {
        this.#countAt += 1;
      } else return reading;
    }
  }

  async #readOnce(recordId: number): Promise<SelReading> {
    const entry: number[] = [];
    for (;;) {
      const part = await this.#readPart(recordId, entry.length);
      if (part === 'gone') return { kind: 'gone' };
      if (part instanceof IpmiError) return { kind: 'failed', error: part, nextId: undefined };
      const { nextId, bytes } = part;
      // Some BMCs send the whole entry whatever they are asked for.
      const isWhole = bytes.length === EVENT_RECORD_BYTES;
      if (isWhole) return { kind: 'read', nextId, bytes };
      entry.push(...bytes.subarray(0, this.#count(entry.length)));
      if (entry.length === EVENT_RECORD_BYTES) {
        return { kind: 'read', nextId, bytes: Uint8Array.from(entry) };
      }
      const isOver = bytes.length === 0 || entry.length > EVENT_RECORD_BYTES;
      if (isOver || this.#count(0) >= EVENT_RECORD_BYTES) {
        return { kind: 'failed', error: wrongLength(recordId, entry.length), nextId };
      }
    }
  }

  /** Bytes to ask for from an offset on. */
  #count(offset: number): number {
    const count = COUNTS[this.#countAt] ?? WHOLE_RECORD;
    return offset === 0 ? count : Math.min(count, EVENT_RECORD_BYTES - offset);
  }

  async #readPart(recordId: number, offset: number): Promise<RecordPart | 'gone' | IpmiError> {
    // Parts are given for a reservation only (§31.4.1).
    if (offset > 0 && this.#reservation === 0) await this.reserve();
    const args = {
      reservation: this.#reservation,
      recordId,
      offset,
      count: this.#count(offset),
    };
    try {
      const answer = await this.#caller.answer(GET_SEL_ENTRY, args, this.#options);
      if (answer.value !== undefined) return answer.value;
      if (answer.completionCode === Completion.NOT_FOUND) return 'gone';
      return failureOf(GET_SEL_ENTRY, answer.completionCode);
    } catch (error) {
      if (error instanceof IpmiError && error.code === 'RESPONSE_MALFORMED') return error;
      throw error;
    }
  }
}

function wrongLength(recordId: number, length: number): IpmiError {
  const which = recordId === NO_RECORD ? 'the last entry' : `entry ${hex(recordId)}`;
  const text = `${which} of the SEL has ${length} bytes instead of ${EVENT_RECORD_BYTES}`;
  return new IpmiError('RESPONSE_MALFORMED', text, { outcome: 'answered' });
}
