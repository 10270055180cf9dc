/**
 * The device SDRs of a simulated controller and their commands (IPMI 2.0 §35.2..§35.4): each
 * logical unit gives the records of its own sensors, the first one those of everything else.
 */

import { DATA_LENGTH_INVALID, INVALID_COMMAND, OK } from './command-record.ts';
import type { SimReply } from './command-record.ts';
import type { PartTable } from './part.ts';
import { SimSdrs } from './sdrs.ts';

/** Types of records of sensors: full, compact, event-only. */
const SENSOR_TYPES: readonly number[] = [0x01, 0x02, 0x03];

const UNITS = [0, 1, 2, 3] as const;

/** The records of one controller; a controller without any does not know the commands. */
export class SimDeviceSdrs {
  readonly #units: readonly SimSdrs[];

  constructor(records: readonly (readonly number[])[]) {
    this.#units = UNITS.map(
      (lun) => new SimSdrs({ records: records.filter((record) => unitOf(record) === lun) }),
    );
  }

  /** True for a controller that has device SDRs. */
  get isThere(): boolean {
    return this.#units.some(({ records }) => records.length > 0);
  }

  /** The records that a logical unit gives. */
  unit(lun: number): SimSdrs | undefined {
    return this.isThere ? this.#units[lun] : undefined;
  }

  info(lun: number): SimReply {
    const counts = this.#units.map(({ records }) => records.length);
    const mask = counts.reduce((sum, count, at) => sum | (count > 0 ? 1 << at : 0), 0);
    return [OK, counts[lun] ?? 0, mask];
  }

  /** Cancels the reservations, as a restart does. */
  cancel(): void {
    for (const unit of this.#units) unit.cancel();
  }
}

/** The device SDRs, and the logical unit that a command is for. */
export interface DeviceSdrsOfUnit {
  readonly deviceSdrs: SimDeviceSdrs;
  readonly lun: number;
}

/** Handlers by command. */
export const DEVICE_SDR_COMMANDS: PartTable<DeviceSdrsOfUnit> = {
  0x20: (data, { deviceSdrs, lun }) => {
    if (!deviceSdrs.isThere) return [INVALID_COMMAND];
    return data.length === 0 ? deviceSdrs.info(lun) : [DATA_LENGTH_INVALID];
  },
  0x21: (data, { deviceSdrs, lun }) => deviceSdrs.unit(lun)?.read(data) ?? [INVALID_COMMAND],
  0x22: (_, { deviceSdrs, lun }) => deviceSdrs.unit(lun)?.reserve() ?? [INVALID_COMMAND],
};

function unitOf(record: readonly number[]): number {
  const [, , , type = 0, , , place = 0] = record;
  return SENSOR_TYPES.includes(type) ? place & 3 : 0;
}
