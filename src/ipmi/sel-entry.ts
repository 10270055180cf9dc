/**
 * The system event log: its size (IPMI 2.0 §31.2), reading an entry (§31.5) and adding one (§31.6).
 * The 16 bytes of an entry are decoded by `event-record`.
 */

import { NetFn, StorageCmd } from './commands.ts';
import { EVENT_RECORD_BYTES } from './event-record.ts';
import { decodeRecordPart, readRecord } from './record-read.ts';
import type { RecordPart, RecordRead } from './record-read.ts';
import type { RequestInput } from './requester.ts';

const INFO_BYTES = 14;

/** Bit 7 of the operation support byte. */
const OVERFLOW = 0x80;

/** The size of a SEL. */
export interface SelInfo {
  readonly entries: number;
  readonly freeBytes: number;
  /** Events were dropped because it was full. */
  readonly isOverflown: boolean;
}

export function getSelInfo(): RequestInput {
  return { netFn: NetFn.STORAGE, cmd: StorageCmd.GET_SEL_INFO };
}

export function getSelEntry(read: RecordRead = {}): RequestInput {
  return readRecord(StorageCmd.GET_SEL_ENTRY, read);
}

/** Adds an entry of 16 bytes; the BMC replaces its number, and its time where its type has one. */
export function addSelEntry(record: Uint8Array): RequestInput {
  return { netFn: NetFn.STORAGE, cmd: StorageCmd.ADD_SEL_ENTRY, data: record };
}

/** Decodes the response data of Get SEL Info; `undefined` when it is not as long as such. */
export function decodeSelInfo(data: Uint8Array): SelInfo | undefined {
  if (data.length !== INFO_BYTES) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return {
    entries: view.getUint16(1, true),
    freeBytes: view.getUint16(3, true),
    isOverflown: (view.getUint8(13) & OVERFLOW) !== 0,
  };
}

/** Decodes the reply to a read of a whole entry; `undefined` when it is not one. */
export function decodeSelEntry(data: Uint8Array): RecordPart | undefined {
  const part = decodeRecordPart(data);
  return part?.bytes.length === EVENT_RECORD_BYTES ? part : undefined;
}

/** Decodes the response data of Add SEL Entry: the number of the entry. */
export function decodeAddedEntry(data: Uint8Array): number | undefined {
  if (data.length !== 2) return undefined;
  return new DataView(data.buffer, data.byteOffset, 2).getUint16(0, true);
}
