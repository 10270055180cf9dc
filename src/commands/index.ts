/**
 * Typed operations on a BMC over a `Requester`, which is an opened device, or anything else that
 * sends requests.
 *
 * @packageDocumentation
 */

import type { Requester } from '../ipmi/requester.ts';
import { Caller } from './caller.ts';
import { Chassis } from './chassis.ts';

export { bridge } from './bridge.ts';
export type { BridgeOptions, BridgeTarget } from './bridge.ts';
export { Caller, failureOf } from './caller.ts';
export type { Answer, CallOptions, CommandOptions } from './caller.ts';
export { Chassis } from './chassis.ts';
export type { Command } from '../ipmi/command.ts';
export type { Field } from '../ipmi/codec.ts';
export type {
  ChassisState,
  ChassisStatus,
  FrontPanel,
  LastPowerEvent,
  PowerState,
} from '../ipmi/chassis.ts';

/** The families of commands, over one `Requester`. */
export interface Commands {
  readonly chassis: Chassis;
}

/** Makes the commands of the BMC behind a `Requester`. Sends nothing. */
export function commands(requester: Requester): Commands {
  const caller = new Caller(requester);
  return { chassis: new Chassis(caller) };
}
