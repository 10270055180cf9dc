/**
 * Typed operations on a BMC over a `Requester`, which is an opened device, or anything else that
 * sends requests.
 *
 * @packageDocumentation
 */

import type { Requester } from '../ipmi/requester.ts';
import { Caller } from './caller.ts';
import { Chassis } from './chassis.ts';
import { Sdr } from './sdr.ts';
import { Sensors } from './sensors.ts';
import type { SdrListItem, SensorItem, SensorOptions } from './sensors.ts';
import { FruInventory } from './fru.ts';
import { Sel } from './sel.ts';

export { bridge } from './bridge.ts';
export type { BridgeOptions, BridgeTarget } from './bridge.ts';
export { Caller, failureOf } from './caller.ts';
export type { Answer, CallOptions, CommandOptions } from './caller.ts';
export { Chassis } from './chassis.ts';
export { Sdr } from './sdr.ts';
export type { SdrItem, SdrOptions } from './sdr.ts';
export type { SdrCache } from './sdr-cache.ts';
export type { Owner, SensorRef } from './sensor-ref.ts';
export type { OtherSdr, SdrListItem } from './sensors.ts';
export type { Sensor, SensorItem, SensorOptions, SensorStatus } from './sensors.ts';
export type { SdrHeader, SdrKind, SdrRecord, SensorSdr } from '../ipmi/sdr-record.ts';
export type { SdrRepositoryInfo, SdrSupport } from '../ipmi/sdr-commands.ts';
export type { Thresholds } from '../ipmi/sensor-commands.ts';
export type { SensorState } from '../ipmi/sensor-state.ts';
export type { Command } from '../ipmi/command.ts';
export type { Field } from '../ipmi/codec.ts';
export { FruInventory } from './fru.ts';
export type { Fru, FruAreas } from './fru.ts';
export type {
  FruAreaKind,
  FruAreaPlace,
  FruBoard,
  FruChassis,
  FruHeader,
  FruProduct,
} from '../ipmi/fru-areas.ts';
export type {
  DcLoad,
  DcOutput,
  FruRecord,
  ManagementAccess,
  OemFruRecord,
  PowerSupply,
} from '../ipmi/fru-records.ts';
export type { FruEncoding, FruField } from '../ipmi/fru-text.ts';
export { Sel } from './sel.ts';
export type { DrainOptions, EntriesOptions, SelStatus } from './sel.ts';
export type { SelDrained } from './sel-drain.ts';
export type { SelItem } from './sel-walk.ts';
export type { BmcTime } from '../ipmi/bmc-time.ts';
export type {
  EntryWords,
  EventValue,
  SensorFacts,
  SensorKey,
  SensorLookup,
} from '../ipmi/entry-words.ts';
export type { EventRecord, OemRecord, SensorEvent } from '../ipmi/event-record.ts';
export type { SelAllocation, SelInfo, SelSupport } from '../ipmi/sel.ts';
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
  readonly sdr: Sdr;
  /** All sensors with their readings; as many transactions as `Sensors.all` says. */
  readonly sensors: (options?: SensorOptions) => AsyncGenerator<SensorItem, void, undefined>;
  /** The same with the records that are not of sensors between them. */
  readonly sdrList: (options?: SensorOptions) => AsyncGenerator<SdrListItem, void, undefined>;
  readonly fru: FruInventory;
  readonly sel: Sel;
}

/** Makes the commands of the BMC behind a `Requester`. Sends nothing. */
export function commands(requester: Requester): Commands {
  const caller = new Caller(requester);
  const sdr = new Sdr(caller);
  const sensors = new Sensors(caller, sdr);
  return {
    chassis: new Chassis(caller),
    fru: new FruInventory(caller),
    sel: new Sel(caller),
    sdr,
    sensors: (options) => sensors.all(options),
    sdrList: (options) => sensors.list(options),
  };
}
