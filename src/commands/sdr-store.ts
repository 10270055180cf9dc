/**
 * The places where a controller keeps sensor data records: its SDR repository (IPMI 2.0 chapter
 * 33), or the device SDRs of each of its logical units (§35.2..§35.4). They are read alike.
 */

import type { Command } from '../ipmi/command.ts';
import type { RecordPart, RecordRequest } from '../ipmi/record-read.ts';
import {
  GET_DEVICE_SDR,
  GET_DEVICE_SDR_INFO,
  GET_SDR,
  GET_SDR_REPOSITORY_INFO,
  RESERVE_DEVICE_SDRS,
  RESERVE_SDR_REPOSITORY,
} from '../ipmi/sdr-commands.ts';
import type { DeviceSdrInfo, SdrRepositoryInfo } from '../ipmi/sdr-commands.ts';
import type { CallOptions, Caller } from './caller.ts';
import { changeOf, stampOf } from './sdr-cache.ts';

/** A place of records, and the commands that read it. */
export interface SdrStore {
  /** In errors. */
  readonly name: string;
  /** Logical unit that its commands go to. */
  readonly lun: number;
  readonly get: Command<RecordRequest, RecordPart>;
  readonly reserve: Command<void, number>;
  /** Asks for its state: one transaction. */
  readonly look: (caller: Caller, options: CallOptions) => Promise<SdrStoreState>;
}

/** The state of a store at one time. */
export interface SdrStoreState {
  /** Number of records, or of sensors where only that is told; 0: there is nothing to read. */
  readonly records: number;
  /** Equal in two answers, shortly after one another, if nothing has changed between them. */
  readonly change: string;
  /** As `stampOf`; undefined for records that are not to be kept. */
  readonly stamp: string | undefined;
}

/** Logical units of a controller. */
const UNITS = [0, 1, 2, 3] as const;

/** The repository. */
export const REPOSITORY: SdrStore = {
  name: 'the SDR repository',
  lun: 0,
  get: GET_SDR,
  reserve: RESERVE_SDR_REPOSITORY,
  look: async (caller, options) => {
    return repositoryState(await caller.call(GET_SDR_REPOSITORY_INFO, undefined, options));
  },
};

/** The state of the repository. */
export function repositoryState(info: SdrRepositoryInfo): SdrStoreState {
  return { records: info.records, change: changeOf(info), stamp: stampOf(info) };
}

/** The device SDRs of a logical unit. */
export function deviceStore(lun: number): SdrStore {
  return {
    name: `the device SDRs of LUN ${lun}`,
    lun,
    get: GET_DEVICE_SDR,
    reserve: RESERVE_DEVICE_SDRS,
    look: async (caller, options) => {
      return deviceState(await caller.call(GET_DEVICE_SDR_INFO, undefined, { ...options, lun }));
    },
  };
}

/** The state of the device SDRs of the logical unit that was asked. */
export function deviceState({ sensors, change }: DeviceSdrInfo): SdrStoreState {
  return { records: sensors, change: `${sensors}/${change ?? ''}`, stamp: undefined };
}

/** The logical units behind the first one that have sensors. */
export function furtherUnits({ units }: DeviceSdrInfo): readonly number[] {
  return UNITS.filter((lun) => lun !== 0 && (units.withSensors & (1 << lun)) !== 0);
}
