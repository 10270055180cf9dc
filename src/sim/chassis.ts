/** The chassis of a simulated BMC (IPMI 2.0 chapter 28). */

import { DATA_LENGTH_INVALID, OK } from './command-record.ts';
import type { SimReply } from './command-record.ts';

/** A command of the Chassis network function. */
type ChassisHandler = (data: Uint8Array, chassis: SimChassis) => SimReply;

/** The state of a chassis; it survives a restart of the BMC. */
export class SimChassis {
  isOn = true;
  /** Bits 5 and 6 of byte 1: 0 off, 1 as before, 2 on, 3 unknown. */
  restorePolicy = 1;
  /** Byte 2 of the status. */
  lastEvent = 0;
  /** Byte 3 of the status: identify is supported, and off. */
  state = 0x40;
}

/** Handlers by command. */
export const CHASSIS_COMMANDS: Readonly<Record<number, ChassisHandler>> = {
  0x01: (data, chassis) => {
    if (data.length !== 0) return [DATA_LENGTH_INVALID];
    const power = (chassis.isOn ? 1 : 0) | (chassis.restorePolicy << 5);
    return [OK, power, chassis.lastEvent, chassis.state];
  },
};
