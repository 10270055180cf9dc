/** The chassis: its power and its state (IPMI 2.0 chapter 28). */

import { GET_CHASSIS_STATUS } from '../ipmi/chassis.ts';
import type { ChassisStatus } from '../ipmi/chassis.ts';
import type { CallOptions, Caller } from './caller.ts';

/** Commands of the chassis. */
export class Chassis {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Power, last power event and state (§28.2). One transaction. */
  async status(options: CallOptions = {}): Promise<ChassisStatus> {
    return await this.#caller.call(GET_CHASSIS_STATUS, undefined, options);
  }
}
