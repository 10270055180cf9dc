/** Commands of the SDR repository (IPMI 2.0 chapter 33). */

import { BMC_TIME } from './bmc-time.ts';
import type { BmcTime } from './bmc-time.ts';
import { bits, choice, flag, nothing, struct, u16, u8 } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import type { Command } from './command.ts';
import { NetFn, StorageCmd } from './commands.ts';
import { RECORD_PART, RECORD_REQUEST } from './record-read.ts';
import type { RecordPart, RecordRequest } from './record-read.ts';

/** The last byte of the answer to Get SDR Repository Info. */
export interface SdrSupport extends Reserved {
  readonly hasAllocationInfo: boolean;
  readonly canReserve: boolean;
  readonly canAddPartially: boolean;
  readonly canDelete: boolean;
  /** Records can be changed while it works (`non-modal`), in a mode of its own, or both. */
  readonly update: 'unspecified' | 'non-modal' | 'modal' | 'both' | number;
  /** A record could not be written for lack of space. */
  readonly isOverflown: boolean;
}

/** The answer to Get SDR Repository Info (§33.9). */
export interface SdrRepositoryInfo {
  /** In BCD, digits swapped: 0x51 is 1.5, which IPMI 2.0 has, too. */
  readonly version: number;
  readonly records: number;
  /** Bytes; 0xfffe: that many or more; 0xffff: unspecified. */
  readonly freeBytes: number;
  readonly lastAdd: BmcTime;
  /** Time of the last clearing, or of the last deletion of a record. */
  readonly lastErase: BmcTime;
  readonly support: SdrSupport;
}

const SUPPORT: Field<SdrSupport> = bits({
  hasAllocationInfo: flag(0),
  canReserve: flag(1),
  canAddPartially: flag(2),
  canDelete: flag(3),
  update: choice(5, 2, ['unspecified', 'non-modal', 'modal', 'both']),
  isOverflown: flag(7),
});

/** Get SDR Repository Info (§33.9). */
export const GET_SDR_REPOSITORY_INFO: Command<void, SdrRepositoryInfo> = {
  netFn: NetFn.STORAGE,
  cmd: StorageCmd.GET_SDR_REPOSITORY_INFO,
  section: '§33.9',
  request: nothing,
  response: struct<SdrRepositoryInfo>({
    version: u8,
    records: u16,
    freeBytes: u16,
    lastAdd: BMC_TIME,
    lastErase: BMC_TIME,
    support: SUPPORT,
  }),
};

/** Reserve SDR Repository (§33.11): the number of the reservation. */
export const RESERVE_SDR_REPOSITORY: Command<void, number> = {
  netFn: NetFn.STORAGE,
  cmd: StorageCmd.RESERVE_SDR_REPOSITORY,
  section: '§33.11',
  request: nothing,
  response: u16,
};

/** Get SDR (§33.12). */
export const GET_SDR: Command<RecordRequest, RecordPart> = {
  netFn: NetFn.STORAGE,
  cmd: StorageCmd.GET_SDR,
  section: '§33.12',
  request: RECORD_REQUEST,
  response: RECORD_PART,
};
