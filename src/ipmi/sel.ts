/** Commands of the system event log, the SEL (IPMI 2.0 chapter 31). */

import { BMC_TIME } from './bmc-time.ts';
import type { BmcTime } from './bmc-time.ts';
import { bits, bytes, choice, flag, mapped, nothing, s16, struct, u16, u32, u8 } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import type { Command } from './command.ts';
import { NetFn, StorageCmd } from './commands.ts';
import { EVENT_RECORD_BYTES } from './event-record.ts';
import { RECORD_PART, RECORD_REQUEST } from './record-read.ts';
import type { RecordPart, RecordRequest } from './record-read.ts';

/** Operations that a SEL supports, and its overflow: byte 15 of Get SEL Info (§31.2). */
export interface SelSupport extends Reserved {
  readonly hasAllocationInfo: boolean;
  readonly canReserve: boolean;
  readonly canAddPartially: boolean;
  readonly canDelete: boolean;
  /** Events were dropped because the SEL was full. */
  readonly isOverflown: boolean;
}

/** The answer to Get SEL Info (§31.2). */
export interface SelInfo {
  /** The version in BCD, its digits swapped: 0x51 is 1.5, which IPMI 2.0 has, too. */
  readonly version: number;
  readonly entries: number;
  /** Free space; 65535 is so much or more. */
  readonly freeBytes: number;
  readonly lastAdd: BmcTime;
  /** Time of the last clearing, or of the last deletion of an entry. */
  readonly lastErase: BmcTime;
  readonly support: SelSupport;
}

/** The answer to Get SEL Allocation Info (§31.3); a unit is what the BMC allocates at a time. */
export interface SelAllocation {
  /** Number of units; 0 is unspecified. */
  readonly units: number;
  /** Bytes of a unit; 0 is unspecified. */
  readonly unitBytes: number;
  readonly freeUnits: number;
  /** The largest free block, in units. */
  readonly largestFreeUnits: number;
  /** The longest record, in units. */
  readonly recordUnitsMax: number;
}

/** The request of Clear SEL (§31.9). */
export interface SelClear {
  readonly reservation: number;
  /** The letters that guard against mistakes: always {@link CLEAR_LETTERS}. */
  readonly letters: Uint8Array;
  readonly action: 'initiate' | 'status' | number;
}

/** The progress of an erasure (§31.9). */
export interface ErasureProgress extends Reserved {
  readonly progress: 'in-progress' | 'completed' | number;
}

/** The letters of Clear SEL: `CLR`. */
export const CLEAR_LETTERS: Uint8Array = Uint8Array.of(0x43, 0x4c, 0x52);

/** Minutes from UTC to the SEL's clock, at most, in either direction (§31.11b). */
export const UTC_OFFSET_MAX_MINUTES = 1440;

/** The value that is no difference to UTC (§31.11a). */
const UTC_OFFSET_UNSPECIFIED = 0x07ff;

const ERASING = { 0x81: 'the SEL is being erased' } as const;

/** Get SEL Info (§31.2). */
export const GET_SEL_INFO: Command<void, SelInfo> = {
  netFn: NetFn.STORAGE,
  cmd: StorageCmd.GET_SEL_INFO,
  section: '§31.2',
  codes: ERASING,
  request: nothing,
  response: struct({
    version: u8,
    entries: u16,
    freeBytes: u16,
    lastAdd: BMC_TIME,
    lastErase: BMC_TIME,
    support: bits({
      hasAllocationInfo: flag(0),
      canReserve: flag(1),
      canAddPartially: flag(2),
      canDelete: flag(3),
      isOverflown: flag(7),
    }),
  }),
};

/** Get SEL Allocation Info (§31.3). */
export const GET_SEL_ALLOCATION: Command<void, SelAllocation> = {
  netFn: NetFn.STORAGE,
  cmd: StorageCmd.GET_SEL_ALLOCATION_INFO,
  section: '§31.3',
  request: nothing,
  response: struct({
    units: u16,
    unitBytes: u16,
    freeUnits: u16,
    largestFreeUnits: u16,
    recordUnitsMax: u8,
  }),
};

/** Reserve SEL (§31.4): its answer is the reservation. */
export const RESERVE_SEL: Command<void, number> = {
  netFn: NetFn.STORAGE,
  cmd: StorageCmd.RESERVE_SEL,
  section: '§31.4',
  codes: ERASING,
  request: nothing,
  response: u16,
};

/** Get SEL Entry (§31.5). */
export const GET_SEL_ENTRY: Command<RecordRequest, RecordPart> = {
  netFn: NetFn.STORAGE,
  cmd: StorageCmd.GET_SEL_ENTRY,
  section: '§31.5',
  codes: ERASING,
  request: RECORD_REQUEST,
  response: RECORD_PART,
};

/**
 * Add SEL Entry (§31.6): an entry of 16 bytes. The BMC replaces its number, and its time where its
 * type has one; the answer is the number.
 */
export const ADD_SEL_ENTRY: Command<Uint8Array, number> = {
  netFn: NetFn.STORAGE,
  cmd: StorageCmd.ADD_SEL_ENTRY,
  section: '§31.6',
  codes: { 0x80: 'records of this type cannot be added', ...ERASING },
  request: bytes(EVENT_RECORD_BYTES),
  response: u16,
};

const ACTION: Field<'initiate' | 'status' | number> = mapped(
  u8,
  (value) => (value === 0xaa ? 'initiate' : value === 0 ? 'status' : value),
  (action) => (action === 'initiate' ? 0xaa : action === 'status' ? 0 : action),
);

/** Clear SEL (§31.9): begins the erasure, or asks for its progress. */
export const CLEAR_SEL: Command<SelClear, ErasureProgress> = {
  netFn: NetFn.STORAGE,
  cmd: StorageCmd.CLEAR_SEL,
  section: '§31.9',
  request: struct({ reservation: u16, letters: bytes(CLEAR_LETTERS.length), action: ACTION }),
  response: bits({ progress: choice(0, 4, ['in-progress', 'completed']) }),
};

/** Get SEL Time (§31.10). */
export const GET_SEL_TIME: Command<void, BmcTime> = {
  netFn: NetFn.STORAGE,
  cmd: StorageCmd.GET_SEL_TIME,
  section: '§31.10',
  request: nothing,
  response: BMC_TIME,
};

/** Set SEL Time (§31.11): seconds since 1970 by the BMC's clock. */
export const SET_SEL_TIME: Command<number, void> = {
  netFn: NetFn.STORAGE,
  cmd: StorageCmd.SET_SEL_TIME,
  section: '§31.11',
  request: u32,
  response: nothing,
};

/** Minutes from UTC to the SEL's clock, which are signed; undefined where it is unspecified. */
const UTC_OFFSET: Field<number | undefined> = mapped(
  s16,
  (value) => (value === UTC_OFFSET_UNSPECIFIED ? undefined : value),
  (minutes) => minutes ?? UTC_OFFSET_UNSPECIFIED,
);

/** Get SEL Time UTC Offset (§31.11a). */
export const GET_SEL_UTC_OFFSET: Command<void, number | undefined> = {
  netFn: NetFn.STORAGE,
  cmd: StorageCmd.GET_SEL_UTC_OFFSET,
  section: '§31.11a',
  request: nothing,
  response: UTC_OFFSET,
};

/** Set SEL Time UTC Offset (§31.11b); undefined makes it unspecified. */
export const SET_SEL_UTC_OFFSET: Command<number | undefined, void> = {
  netFn: NetFn.STORAGE,
  cmd: StorageCmd.SET_SEL_UTC_OFFSET,
  section: '§31.11b',
  request: UTC_OFFSET,
  response: nothing,
};
