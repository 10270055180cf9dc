/**
 * Reading a FRU's inventory: its size (IPMI 2.0 §34.1), and its bytes (§34.2).
 */

import { NetFn, StorageCmd } from './commands.ts';
import type { RequestInput } from './requester.ts';

/** The size of a FRU. */
export interface FruArea {
  readonly bytes: number;
  /** Offset and count of a read are in words of two bytes. */
  readonly isByWords: boolean;
}

/** The part of a FRU that is read, in units of {@link FruArea.isByWords}. */
export interface FruRead {
  readonly fruId?: number;
  readonly offset: number;
  readonly count: number;
}

export function getFruArea(fruId = 0): RequestInput {
  const data = Uint8Array.of(fruId);
  return { netFn: NetFn.STORAGE, cmd: StorageCmd.GET_FRU_AREA_INFO, data };
}

export function readFru({ fruId = 0, offset, count }: FruRead): RequestInput {
  const data = Uint8Array.of(fruId, offset & 0xff, offset >> 8, count);
  return { netFn: NetFn.STORAGE, cmd: StorageCmd.READ_FRU_DATA, data };
}

/** Decodes the response data; `undefined` when it is not as long as such. */
export function decodeFruArea(data: Uint8Array): FruArea | undefined {
  if (data.length !== 3) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return { bytes: view.getUint16(0, true), isByWords: (view.getUint8(2) & 1) !== 0 };
}

/** Decodes the bytes read; `undefined` when there are not as many as their count says. */
export function decodeFruBytes(data: Uint8Array, isByWords = false): Uint8Array | undefined {
  const [count] = data;
  const bytes = data.slice(1);
  return count !== undefined && bytes.length === count * (isByWords ? 2 : 1) ? bytes : undefined;
}
