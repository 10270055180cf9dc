/** Commands of a FRU's inventory (IPMI 2.0 chapter 34). The bytes are decoded by `fru-areas`. */

import { bits, flag, rest, struct, u16, u8 } from './codec.ts';
import type { Reserved } from './codec.ts';
import type { Command } from './command.ts';
import { NetFn, StorageCmd } from './commands.ts';

/** The way in which a FRU is read. */
export interface FruAccess extends Reserved {
  /** Offset and count of a read are in words of two bytes. */
  readonly isByWords: boolean;
}

/** The answer to Get FRU Inventory Area Info (§34.1). */
export interface FruInfo {
  readonly sizeBytes: number;
  readonly access: FruAccess;
}

/** The part of a FRU that is read (§34.2), in units of {@link FruAccess.isByWords}. */
export interface FruRead {
  readonly fruId: number;
  readonly offset: number;
  readonly count: number;
}

/** The answer to Read FRU Data (§34.2). */
export interface FruPart {
  /** Units that came. */
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** Get FRU Inventory Area Info (§34.1) of a FRU. */
export const GET_FRU_INFO: Command<number, FruInfo> = {
  netFn: NetFn.STORAGE,
  cmd: StorageCmd.GET_FRU_AREA_INFO,
  section: '§34.1',
  request: u8,
  response: struct({ sizeBytes: u16, access: bits({ isByWords: flag(0) }) }),
};

/** Read FRU Data (§34.2). */
export const READ_FRU: Command<FruRead, FruPart> = {
  netFn: NetFn.STORAGE,
  cmd: StorageCmd.READ_FRU_DATA,
  section: '§34.2',
  codes: { 0x81: 'the FRU device is busy' },
  request: struct({ fruId: u8, offset: u16, count: u8 }),
  response: struct({ count: u8, bytes: rest }),
};

/** The bytes of an answer; `undefined` when there are not as many as its count says. */
export function fruBytes({ count, bytes }: FruPart, isByWords: boolean): Uint8Array | undefined {
  return bytes.length === count * (isByWords ? 2 : 1) ? bytes : undefined;
}
