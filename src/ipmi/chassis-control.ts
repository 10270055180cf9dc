/** Commands that control the chassis, and facts besides its status (IPMI 2.0 chapter 28). */

import { bits, choice, flag, nothing, optional, struct } from './codec.ts';
import { u32, u8 } from './codec.ts';
import type { Reserved } from './codec.ts';
import type { Command } from './command.ts';
import { ChassisCmd, NetFn } from './commands.ts';

/** Functions of the chassis, byte 1 of its capabilities. */
export interface ChassisFunctions extends Reserved {
  readonly hasIntrusionSensor: boolean;
  readonly canLockFrontPanel: boolean;
  readonly hasDiagnosticInterrupt: boolean;
  readonly hasPowerInterlock: boolean;
}

/** The answer to Get Chassis Capabilities (§28.1): functions, and addresses on the IPMB. */
export interface ChassisCapabilities {
  readonly functions: ChassisFunctions;
  readonly fruAddress: number;
  readonly sdrAddress: number;
  readonly selAddress: number;
  readonly managementAddress: number;
  /** Undefined where it is not told; 0x20 then. */
  readonly bridgeAddress: number | undefined;
}

/** Get Chassis Capabilities (§28.1). */
export const GET_CHASSIS_CAPABILITIES: Command<void, ChassisCapabilities> = {
  netFn: NetFn.CHASSIS,
  cmd: ChassisCmd.GET_CAPABILITIES,
  section: '§28.1',
  request: nothing,
  response: struct<ChassisCapabilities>({
    functions: bits({
      hasIntrusionSensor: flag(0),
      canLockFrontPanel: flag(1),
      hasDiagnosticInterrupt: flag(2),
      hasPowerInterlock: flag(3),
    }),
    fruAddress: u8,
    sdrAddress: u8,
    selAddress: u8,
    managementAddress: u8,
    bridgeAddress: optional(u8),
  }),
};

/** Actions of Chassis Control, in the order of their numbers. */
export const POWER_ACTIONS = ['off', 'on', 'cycle', 'reset', 'diag', 'soft'] as const;

/** An action of Chassis Control. */
export type PowerAction = (typeof POWER_ACTIONS)[number];

/** The action that Chassis Control asks for. */
export interface PowerControl extends Reserved {
  readonly action: PowerAction | number;
}

/** Chassis Control (§28.3). */
export const CHASSIS_CONTROL: Command<PowerControl, void> = {
  netFn: NetFn.CHASSIS,
  cmd: ChassisCmd.CONTROL,
  section: '§28.3',
  request: bits({ action: choice(0, 4, POWER_ACTIONS) }),
  response: nothing,
};

/** The request of Chassis Identify. */
export interface IdentifyRequest {
  /** Seconds, 0 to switch it off; 15 where it is undefined. */
  readonly seconds: number | undefined;
  /** Bit 0: on until it is switched off. Not every BMC takes the byte. */
  readonly force: ({ readonly isForced: boolean } & Reserved) | undefined;
}

/** Chassis Identify (§28.5). */
export const CHASSIS_IDENTIFY: Command<IdentifyRequest, void> = {
  netFn: NetFn.CHASSIS,
  cmd: ChassisCmd.IDENTIFY,
  section: '§28.5',
  request: struct<IdentifyRequest>({
    seconds: optional(u8),
    force: optional(bits({ isForced: flag(0) })),
  }),
  response: nothing,
};

/** States of the power after AC has come back, in the order of their numbers; 3 changes nothing. */
export const RESTORE_POLICIES = ['always-off', 'previous', 'always-on', 'no-change'] as const;

/** The request of Set Power Restore Policy. */
export interface RestorePolicyRequest extends Reserved {
  readonly policy: (typeof RESTORE_POLICIES)[number] | number;
}

/** The policies that a chassis supports. */
export interface SupportedPolicies extends Reserved {
  readonly alwaysOff: boolean;
  readonly previous: boolean;
  readonly alwaysOn: boolean;
}

/** Set Power Restore Policy (§28.8). */
export const SET_POWER_RESTORE_POLICY: Command<RestorePolicyRequest, SupportedPolicies> = {
  netFn: NetFn.CHASSIS,
  cmd: ChassisCmd.SET_POWER_RESTORE_POLICY,
  section: '§28.8',
  request: bits({ policy: choice(0, 3, RESTORE_POLICIES) }),
  response: bits({ alwaysOff: flag(0), previous: flag(1), alwaysOn: flag(2) }),
};

/** Causes of a restart, in the order of their numbers. */
const RESTART_CAUSES = [
  'unknown',
  'chassis-control',
  'reset-button',
  'power-button',
  'watchdog',
  'oem',
  'always-on-policy',
  'previous-policy',
  'pef-reset',
  'pef-power-cycle',
  'soft-reset',
  'rtc-wakeup',
] as const;

/** The answer to Get System Restart Cause (§28.11). */
export interface RestartCause {
  readonly cause: { readonly name: (typeof RESTART_CAUSES)[number] | number } & Reserved;
  /** The channel that the command came by. */
  readonly channel: number;
}

/** Get System Restart Cause (§28.11). */
export const GET_RESTART_CAUSE: Command<void, RestartCause> = {
  netFn: NetFn.CHASSIS,
  cmd: ChassisCmd.GET_RESTART_CAUSE,
  section: '§28.11',
  request: nothing,
  response: struct<RestartCause>({
    cause: bits({ name: choice(0, 4, RESTART_CAUSES) }),
    channel: u8,
  }),
};

/** The answer to Get POH Counter (§28.14). */
export interface PohCounter {
  readonly minutesPerCount: number;
  readonly count: number;
}

/** Get POH Counter (§28.14): for how long the power was on. */
export const GET_POH_COUNTER: Command<void, PohCounter> = {
  netFn: NetFn.CHASSIS,
  cmd: ChassisCmd.GET_POH_COUNTER,
  section: '§28.14',
  request: nothing,
  response: struct<PohCounter>({ minutesPerCount: u8, count: u32 }),
};
