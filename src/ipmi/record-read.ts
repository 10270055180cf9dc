/**
 * The request and the reply by which records are read, which Get SDR (IPMI 2.0 §33.12) and Get SEL
 * Entry (§31.5) have in common: a reservation, a record, and the part of it that is wanted.
 */

import { NetFn } from './commands.ts';
import type { StorageCmd } from './commands.ts';
import type { RequestInput } from './requester.ts';

/** Number of the first record, in a request. */
export const FIRST_RECORD = 0x0000;

/** Number of the last record in a request; in a reply, none follows. */
export const NO_RECORD = 0xffff;

/** Bytes to read: all that there are from the offset on. */
const WHOLE_RECORD = 0xff;

/** The part of a record that is read; without fields, the whole first record. */
export interface RecordRead {
  readonly recordId?: number;
  /** Needed unless `offset` is 0. */
  readonly reservation?: number;
  readonly offset?: number;
  readonly count?: number;
}

/** The answer: part of a record, and the number of the record behind it. */
export interface RecordPart {
  readonly nextId: number;
  readonly bytes: Uint8Array;
}

/** Makes the request. */
export function readRecord(
  cmd: typeof StorageCmd.GET_SDR | typeof StorageCmd.GET_SEL_ENTRY,
  { recordId = FIRST_RECORD, reservation = 0, offset = 0, count = WHOLE_RECORD }: RecordRead,
): RequestInput {
  const data = new Uint8Array(6);
  const view = new DataView(data.buffer);
  view.setUint16(0, reservation, true);
  view.setUint16(2, recordId, true);
  view.setUint8(4, offset);
  view.setUint8(5, count);
  return { netFn: NetFn.STORAGE, cmd, data };
}

/** Decodes the response data; `undefined` when no byte of a record is in it. */
export function decodeRecordPart(data: Uint8Array): RecordPart | undefined {
  if (data.length < 3) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return { nextId: view.getUint16(0, true), bytes: data.slice(2) };
}
