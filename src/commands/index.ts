/**
 * Typed operations on a BMC over a `Requester`, which is an opened device, or anything else that
 * sends requests.
 *
 * @packageDocumentation
 */

import type { Requester } from '../ipmi/requester.ts';
import { Caller } from './caller.ts';
import { Chassis } from './chassis.ts';
import { FruInventory } from './fru.ts';
import { Sel } from './sel.ts';

export { Caller, failureOf } from './caller.ts';
export type { Answer, CallOptions, CommandOptions } from './caller.ts';
export { Chassis } from './chassis.ts';
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
  readonly fru: FruInventory;
  readonly sel: Sel;
}

/** Makes the commands of the BMC behind a `Requester`. Sends nothing. */
export function commands(requester: Requester): Commands {
  const caller = new Caller(requester);
  return { chassis: new Chassis(caller), fru: new FruInventory(caller), sel: new Sel(caller) };
}
