/** Commands of the SDR repository (IPMI 2.0 chapter 33), and of device SDRs (§35.2..§35.4). */

import { BMC_TIME } from './bmc-time.ts';
import type { BmcTime } from './bmc-time.ts';
import { bits, choice, flag, nothing, optional, range, struct, u16, u32, u8 } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import type { Command } from './command.ts';
import { NetFn, SensorCmd, StorageCmd } from './commands.ts';
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

/** The answer to Get Device SDR Info (§35.2). */
export interface DeviceSdrInfo {
  /** Sensors at the logical unit that was asked. */
  readonly sensors: number;
  readonly units: {
    /** Bit n is set where logical unit n has sensors. */
    readonly withSensors: number;
    /** Sensors come and go. */
    readonly isDynamic: boolean;
  } & Reserved;
  /** A time or a counter that is another after each change; undefined for sensors that stay. */
  readonly change: number | undefined;
}

/** Get Device SDR Info (§35.2), without the byte that asks for the number of records. */
export const GET_DEVICE_SDR_INFO: Command<void, DeviceSdrInfo> = {
  netFn: NetFn.SENSOR_EVENT,
  cmd: SensorCmd.GET_DEVICE_SDR_INFO,
  section: '§35.2',
  request: nothing,
  response: struct<DeviceSdrInfo>({
    sensors: u8,
    units: bits({ withSensors: range(0, 4), isDynamic: flag(7) }),
    change: optional(u32),
  }),
};

/** Get Device SDR (§35.3): as Get SDR, for the sensors of the logical unit that is asked. */
export const GET_DEVICE_SDR: Command<RecordRequest, RecordPart> = {
  netFn: NetFn.SENSOR_EVENT,
  cmd: SensorCmd.GET_DEVICE_SDR,
  section: '§35.3',
  request: RECORD_REQUEST,
  response: RECORD_PART,
};

/** Reserve Device SDR Repository (§35.4): the number of the reservation. */
export const RESERVE_DEVICE_SDRS: Command<void, number> = {
  netFn: NetFn.SENSOR_EVENT,
  cmd: SensorCmd.RESERVE_DEVICE_SDRS,
  section: '§35.4',
  request: nothing,
  response: u16,
};
