/**
 * Typed operations on a BMC over a `Requester`, which is an opened device, or anything else that
 * sends requests.
 *
 * @packageDocumentation
 */

import type { Requester } from '../ipmi/requester.ts';
import { BootOptions } from './boot-options.ts';
import { Caller } from './caller.ts';
import { Chassis } from './chassis.ts';
import { Controller } from './controller.ts';
import { Dcmi } from './dcmi.ts';
import { Sol } from './sol.ts';
import { Watchdog } from './watchdog.ts';

export { Caller, failureOf } from './caller.ts';
export type { Answer, CallOptions, CommandOptions } from './caller.ts';
export { BootOptions } from './boot-options.ts';
export type { BootDeviceChoice, BootDeviceState } from './boot-options.ts';
export { Chassis } from './chassis.ts';
export type { Identify, RestorePolicy } from './chassis.ts';
export { Controller } from './controller.ts';
export type { ControllerReset, EnablesChange, Guids, NamedEnables } from './controller.ts';
export { Dcmi } from './dcmi.ts';
export type { DcmiCapabilities, EntityTemperature, PowerLimit, PowerReading } from './dcmi.ts';
export { Sol } from './sol.ts';
export type { SolConfiguration } from './sol.ts';
export { Watchdog } from './watchdog.ts';
export type { WatchdogChoice } from './watchdog.ts';
export type { Command } from '../ipmi/command.ts';
export type { Field } from '../ipmi/codec.ts';
export type {
  ChassisState,
  ChassisStatus,
  FrontPanel,
  LastPowerEvent,
  PowerState,
} from '../ipmi/chassis.ts';

export type { BootDevice, BootFlags, BootOption } from '../ipmi/boot-options.ts';
export type {
  ChassisCapabilities,
  PohCounter,
  PowerAction,
  RestartCause,
  SupportedPolicies,
} from '../ipmi/chassis-control.ts';
export type { AcpiPowerState, Enables } from '../ipmi/controller.ts';
export type { DeviceId } from '../ipmi/device-id.ts';
export type { SelfTest } from '../ipmi/self-test.ts';
export type { WatchdogTimer } from '../ipmi/watchdog.ts';

/** The families of commands, over one `Requester`. */
export interface Commands {
  readonly bootOptions: BootOptions;
  readonly chassis: Chassis;
  readonly dcmi: Dcmi;
  readonly mc: Controller;
  readonly sol: Sol;
  readonly watchdog: Watchdog;
}

/** Makes the commands of the BMC behind a `Requester`. Sends nothing. */
export function commands(requester: Requester): Commands {
  const caller = new Caller(requester);
  return {
    bootOptions: new BootOptions(caller),
    chassis: new Chassis(caller),
    dcmi: new Dcmi(caller),
    mc: new Controller(caller),
    sol: new Sol(caller),
    watchdog: new Watchdog(caller),
  };
}
