/**
 * Typed operations on a BMC over a `Requester`, which is an opened device, or anything else that
 * sends requests.
 *
 * @packageDocumentation
 */

import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Requester } from '../ipmi/requester.ts';
import { checkOptionsOf, withMethods } from '../option-table.ts';
import { BootOptions } from './boot-options.ts';
import { Caller } from './caller.ts';
import { Channels } from './channel.ts';
import { Chassis } from './chassis.ts';
import { Sdr } from './sdr.ts';
import { Sensors } from './sensors.ts';
import type { SdrListItem, SensorItem, SensorOptions } from './sensors.ts';
import { FruInventory } from './fru.ts';
import { Sel } from './sel.ts';
import { Lan } from './lan.ts';
import { Users } from './user.ts';
import { Controller } from './controller.ts';
import { Dcmi } from './dcmi.ts';
import { Sol } from './sol.ts';
import { Watchdog } from './watchdog.ts';

export { bridge } from './bridge.ts';
export type { BridgeOptions, BridgeTarget } from './bridge.ts';
export { Caller, failureOf } from './caller.ts';
export type { Answer, CallOptions, CommandOptions } from './caller.ts';
export { BootOptions } from './boot-options.ts';
export type { BootDeviceChoice, BootDeviceState, BootParameterOptions } from './boot-options.ts';
export { Chassis } from './chassis.ts';
export { Sdr } from './sdr.ts';
export type { SdrItem, SdrOptions, SdrSource } from './sdr.ts';
export type { SdrCache } from './sdr-cache.ts';
export type { Owner, SensorRef } from './sensor-ref.ts';
export type { OtherSdr, SdrListItem } from './sensors.ts';
export { Sensors } from './sensors.ts';
export type { Hysteresis, Sensor, SensorItem, SensorOptions, SensorStatus } from './sensors.ts';
export type { SdrHeader, SdrKind, SdrRecord, SensorSdr } from '../ipmi/sdr-record.ts';
export type { DeviceSdrInfo, SdrRepositoryInfo, SdrSupport } from '../ipmi/sdr-commands.ts';
export type { Thresholds } from '../ipmi/sensor-commands.ts';
export type { SensorState } from '../ipmi/sensor-state.ts';
export { Channels } from './channel.ts';
export type { ChannelAccesses, ChannelDetails, ChannelWanted } from './channel.ts';
export { Lan } from './lan.ts';
export type { LanGetOptions, ParameterPlace } from './lan.ts';
export type {
  AuthType,
  BadPasswordConfiguration,
  Ipv4Configuration,
  Ipv6Address,
  Ipv6Configuration,
  Ipv6Router,
  LanConfiguration,
} from './lan-configuration.ts';
export type { Ipv4Wanted, Ipv6Wanted, LanWanted, RouterWanted } from './lan-wanted.ts';
export type { StaticAddressWanted } from './lan-wanted.ts';
export { LAN as LAN_PARAMETERS } from '../ipmi/lan.ts';
export { LAN6 as LAN_IPV6_PARAMETERS } from '../ipmi/lan-ipv6.ts';
export type { LanParameter } from '../ipmi/lan.ts';
export type { ChannelAccess, CipherSuite } from '../ipmi/channel.ts';
export type { UserAccess } from '../ipmi/user.ts';
export type { Privilege } from '../ipmi/privilege.ts';
export { Users } from './user.ts';
export type {
  PasswordComparison,
  PasswordSetting,
  User,
  UserAccessSetting,
  UserList,
} from './user-access.ts';
export type { UserWanted, UsersWanted } from './user-wanted.ts';
export type { ApplyOptions, ApplyResult, Change, Shown, Unverified, Warning } from './apply.ts';
export type { Identify, RestorePolicy } from './chassis.ts';
export { Controller } from './controller.ts';
export type { ControllerReset, EnablesChange, Guids, NamedEnables } from './controller.ts';
export { Dcmi } from './dcmi.ts';
export type { DcmiCapabilities, EntityTemperature, PowerLimit, PowerReading } from './dcmi.ts';
export type { PowerLimitAction, PowerLimitChoice } from './dcmi.ts';
export { Sol } from './sol.ts';
export type { SolConfiguration } from './sol.ts';
export { Watchdog } from './watchdog.ts';
export type { WatchdogChoice } from './watchdog.ts';
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
export { sensorLookup } from './sensor-lookup.ts';
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

export type { BootDevice, BootFlags, BootOption } from '../ipmi/boot-options.ts';
export type {
  ChassisCapabilities,
  PohCounter,
  PowerAction,
  RestartCause,
  SupportedPolicies,
} from '../ipmi/chassis-control.ts';
export { devicePowerName, systemPowerName } from '../ipmi/controller.ts';
export type { AcpiPowerState, Enables } from '../ipmi/controller.ts';
export type { DeviceId } from '../ipmi/device-id.ts';
export { selfTestFaults } from '../ipmi/self-test.ts';
export type { SelfTest } from '../ipmi/self-test.ts';
export type { WatchdogTimer } from '../ipmi/watchdog.ts';

/** The families of commands, over one `Requester`. */
export interface Commands {
  readonly bootOptions: BootOptions;
  readonly chassis: Chassis;
  readonly sdr: Sdr;
  /** All sensors with their readings; as many transactions as `Sensors.all` says. */
  readonly sensors: (options?: SensorOptions) => AsyncGenerator<SensorItem, void, undefined>;
  /** The same with the records that are not of sensors between them. */
  readonly sdrList: (options?: SensorOptions) => AsyncGenerator<SdrListItem, void, undefined>;
  readonly fru: FruInventory;
  readonly sel: Sel;
  readonly channel: Channels;
  readonly lan: Lan;
  readonly user: Users;
  readonly dcmi: Dcmi;
  readonly mc: Controller;
  readonly sol: Sol;
  readonly watchdog: Watchdog;
}

/** Options of the families of commands. */
export interface CommandsOptions {
  /** Where the time comes from; that of the system by default. */
  readonly clock?: Clock | undefined;
}

/**
 * Makes the commands of the BMC behind a `Requester`. Sends nothing. Each method of a family
 * rejects with a `TypeError` for an option that it does not have.
 */
export function commands(requester: Requester, options: CommandsOptions = {}): Commands {
  withMethods('an opened device, or another Requester', 'request')('commands()', requester);
  const call = { name: 'commands() with options', example: '{ clock }' };
  checkOptionsOf<CommandsOptions>(call, options, { clock: withMethods('a clock', 'now', 'timer') });
  const { clock = systemClock } = options;
  const caller = new Caller(requester);
  const sdr = new Sdr(caller, { clock, random: Math.random });
  const sensors = new Sensors(caller, sdr);
  return {
    chassis: new Chassis(caller),
    fru: new FruInventory(caller),
    sel: new Sel(caller, clock),
    sdr,
    sensors: (options) => sensors.all(options),
    sdrList: (options) => sensors.list(options),
    channel: new Channels(caller, clock),
    lan: new Lan(caller, clock),
    user: new Users(caller, clock),
    bootOptions: new BootOptions(caller, clock),
    dcmi: new Dcmi(caller),
    mc: new Controller(caller),
    sol: new Sol(caller),
    watchdog: new Watchdog(caller),
  };
}
