/**
 * Sensor data records: the repository's size (IPMI 2.0 §33.9), the request for a record (§33.12),
 * and the header that all records have (chapter 43).
 */

import { NetFn, StorageCmd } from './commands.ts';
import { readRecord } from './record-read.ts';
import type { RecordRead } from './record-read.ts';
import type { RequestInput } from './requester.ts';

export const SDR_HEADER_BYTES = 5;

const INFO_BYTES = 14;

/** The size of an SDR repository. */
export interface SdrRepositoryInfo {
  /** `major.minor`. */
  readonly version: string;
  readonly records: number;
}

/** The header of a record. */
export interface SdrHeader {
  readonly recordId: number;
  readonly recordType: number;
  /** Bytes of the record, the header included. */
  readonly bytes: number;
}

export function getSdrRepositoryInfo(): RequestInput {
  return { netFn: NetFn.STORAGE, cmd: StorageCmd.GET_SDR_REPOSITORY_INFO };
}

export function getSdr(read: RecordRead = {}): RequestInput {
  return readRecord(StorageCmd.GET_SDR, read);
}

/** Decodes the response data; `undefined` when it is not as long as such. */
export function decodeSdrRepositoryInfo(data: Uint8Array): SdrRepositoryInfo | undefined {
  if (data.length !== INFO_BYTES) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  // BCD with the digits in reverse order: 0x51 is 1.5.
  const version = view.getUint8(0);
  return { version: `${version & 0x0f}.${version >> 4}`, records: view.getUint16(1, true) };
}

/** Decodes the beginning of a record; `undefined` when it is too short. */
export function decodeSdrHeader(bytes: Uint8Array): SdrHeader | undefined {
  if (bytes.length < SDR_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    recordId: view.getUint16(0, true),
    recordType: view.getUint8(3),
    bytes: SDR_HEADER_BYTES + view.getUint8(4),
  };
}
