/**
 * Sensor data records: the request for one (IPMI 2.0 §33.12), and the header that all of them have
 * (chapter 43).
 */

import { StorageCmd } from './commands.ts';
import { readRecord } from './record-read.ts';
import type { RecordRead } from './record-read.ts';
import type { RequestInput } from './requester.ts';

export const SDR_HEADER_BYTES = 5;

/** The header of a record. */
export interface SdrHeader {
  readonly recordId: number;
  /** Bytes of the record, the header included. */
  readonly bytes: number;
}

export function getSdr(read: RecordRead = {}): RequestInput {
  return readRecord(StorageCmd.GET_SDR, read);
}

/** Decodes the beginning of a record; `undefined` when it is too short. */
export function decodeSdrHeader(bytes: Uint8Array): SdrHeader | undefined {
  if (bytes.length < SDR_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    recordId: view.getUint16(0, true),
    bytes: SDR_HEADER_BYTES + view.getUint8(4),
  };
}
