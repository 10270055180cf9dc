/** Commands of the chassis (IPMI 2.0 chapter 28). */

import { bits, choice, flag, nothing, optional, struct } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import type { Command } from './command.ts';
import { ChassisCmd, NetFn } from './commands.ts';

/** Power of the system, byte 1 of the status. */
export interface PowerState extends Reserved {
  readonly isOn: boolean;
  /** The system was switched off because of an overload. */
  readonly hasOverload: boolean;
  /** Switched off because the chassis was opened. */
  readonly isInterlocked: boolean;
  /** A fault of the main power. */
  readonly hasFault: boolean;
  /** The attempt to switch it on or off failed. */
  readonly hasControlFault: boolean;
  /** The state after AC power has come back. */
  readonly restorePolicy: 'always-off' | 'previous' | 'always-on' | 'unknown' | number;
}

/** The last change of the power and its reason, byte 2. */
export interface LastPowerEvent extends Reserved {
  readonly acFailed: boolean;
  readonly overload: boolean;
  readonly interlock: boolean;
  readonly fault: boolean;
  /** Switched on by a command. */
  readonly command: boolean;
}

/** Other state of the chassis, byte 3. */
export interface ChassisState extends Reserved {
  readonly isOpen: boolean;
  readonly isFrontPanelLocked: boolean;
  readonly hasDriveFault: boolean;
  readonly hasCoolingFault: boolean;
  /** Of the identification light; means something only if `tellsIdentify`. */
  readonly identify: 'off' | 'temporary' | 'on' | number;
  readonly tellsIdentify: boolean;
}

/** Buttons of the front panel, byte 4. */
export interface FrontPanel extends Reserved {
  readonly isPowerOffDisabled: boolean;
  readonly isResetDisabled: boolean;
  readonly isDiagnosticDisabled: boolean;
  readonly isStandbyDisabled: boolean;
  readonly canDisablePowerOff: boolean;
  readonly canDisableReset: boolean;
  readonly canDisableDiagnostic: boolean;
  readonly canDisableStandby: boolean;
}

/** The answer to Get Chassis Status (§28.2). */
export interface ChassisStatus {
  readonly power: PowerState;
  readonly lastEvent: LastPowerEvent;
  readonly state: ChassisState;
  /** Undefined where the chassis does not tell. */
  readonly frontPanel: FrontPanel | undefined;
}

const POWER: Field<PowerState> = bits({
  isOn: flag(0),
  hasOverload: flag(1),
  isInterlocked: flag(2),
  hasFault: flag(3),
  hasControlFault: flag(4),
  restorePolicy: choice(5, 2, ['always-off', 'previous', 'always-on', 'unknown']),
});

const LAST_EVENT: Field<LastPowerEvent> = bits({
  acFailed: flag(0),
  overload: flag(1),
  interlock: flag(2),
  fault: flag(3),
  command: flag(4),
});

const STATE: Field<ChassisState> = bits({
  isOpen: flag(0),
  isFrontPanelLocked: flag(1),
  hasDriveFault: flag(2),
  hasCoolingFault: flag(3),
  identify: choice(4, 2, ['off', 'temporary', 'on']),
  tellsIdentify: flag(6),
});

const FRONT_PANEL: Field<FrontPanel> = bits({
  isPowerOffDisabled: flag(0),
  isResetDisabled: flag(1),
  isDiagnosticDisabled: flag(2),
  isStandbyDisabled: flag(3),
  canDisablePowerOff: flag(4),
  canDisableReset: flag(5),
  canDisableDiagnostic: flag(6),
  canDisableStandby: flag(7),
});

/** Get Chassis Status (§28.2). */
export const GET_CHASSIS_STATUS: Command<void, ChassisStatus> = {
  netFn: NetFn.CHASSIS,
  cmd: ChassisCmd.GET_STATUS,
  section: '§28.2',
  request: nothing,
  response: struct({
    power: POWER,
    lastEvent: LAST_EVENT,
    state: STATE,
    frontPanel: optional(FRONT_PANEL),
  }),
};
