/**
 * The request and the reply by which records are read, which Get SDR (IPMI 2.0 §33.12) and Get SEL
 * Entry (§31.5) have in common: a reservation, a record, and the part of it that is wanted.
 */

import { decode, rest, struct, u16, u8 } from './codec.ts';
import type { Field } from './codec.ts';

/** Number of the first record, in a request. */
export const FIRST_RECORD = 0x0000;

/** Number of the last record in a request; in a reply, none follows. */
export const NO_RECORD = 0xffff;

/** Bytes to read: all that there are from the offset on. */
export const WHOLE_RECORD = 0xff;

/** The request data. */
export interface RecordRequest {
  /** Needed unless `offset` is 0, which may have 0. */
  readonly reservation: number;
  readonly recordId: number;
  /** First byte that is wanted, counted from 0. */
  readonly offset: number;
  /** Number of bytes; {@link WHOLE_RECORD}: all. */
  readonly count: number;
}

/** The part of a record that is read; without fields, the whole first record. */
export type RecordRead = Partial<RecordRequest>;

/** The answer: part of a record, and the number of the record behind it. */
export interface RecordPart {
  readonly nextId: number;
  readonly bytes: Uint8Array;
}

export const RECORD_REQUEST: Field<RecordRequest> = struct<RecordRequest>({
  reservation: u16,
  recordId: u16,
  offset: u8,
  count: u8,
});

export const RECORD_PART: Field<RecordPart> = struct<RecordPart>({ nextId: u16, bytes: rest });

/** Completes the part that is read. */
export function recordRequest(read: RecordRead): RecordRequest {
  return { reservation: 0, recordId: FIRST_RECORD, offset: 0, count: WHOLE_RECORD, ...read };
}

/** Decodes the response data; `undefined` when no byte of a record is in it. */
export function decodeRecordPart(data: Uint8Array): RecordPart | undefined {
  return data.length < 3 ? undefined : decode(RECORD_PART, data);
}
