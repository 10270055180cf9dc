/**
 * Typed operations on a BMC over a `Requester`, which is an opened device, or anything else that
 * sends requests.
 *
 * @packageDocumentation
 */

import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Requester } from '../ipmi/requester.ts';
import { Caller } from './caller.ts';
import { Channels } from './channel.ts';
import { Chassis } from './chassis.ts';
import { Lan } from './lan.ts';
import { Users } from './user.ts';

export { bridge } from './bridge.ts';
export type { BridgeOptions, BridgeTarget } from './bridge.ts';
export { Caller, failureOf } from './caller.ts';
export type { Answer, CallOptions, CommandOptions } from './caller.ts';
export { Chassis } from './chassis.ts';
export { Channels } from './channel.ts';
export type { ChannelAccesses, ChannelDetails, ChannelWanted } from './channel.ts';
export { Lan } from './lan.ts';
export type { LanApplyOptions, LanGetOptions, ParameterPlace } from './lan.ts';
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
export type { ApplyOptions, ApplyResult, Change, Shown, Unverified } from './apply.ts';
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
  readonly channel: Channels;
  readonly lan: Lan;
  readonly user: Users;
}

/** Options of the families of commands. */
export interface CommandsOptions {
  /** Where the time comes from; that of the system by default. */
  readonly clock?: Clock | undefined;
}

/** Makes the commands of the BMC behind a `Requester`. Sends nothing. */
export function commands(
  requester: Requester,
  { clock = systemClock }: CommandsOptions = {},
): Commands {
  const caller = new Caller(requester);
  return {
    chassis: new Chassis(caller),
    channel: new Channels(caller, clock),
    lan: new Lan(caller, clock),
    user: new Users(caller, clock),
  };
}
