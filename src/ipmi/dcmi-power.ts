/** Power of the system by DCMI: reading and limit (DCMI 1.5 §6.6). */

import { BMC_TIME } from './bmc-time.ts';
import type { BmcTime } from './bmc-time.ts';
import { bits, flag, struct, u16, u32, u8 } from './codec.ts';
import type { Reserved } from './codec.ts';
import type { Command } from './command.ts';
import { DcmiCmd } from './commands.ts';
import { dcmiTitle } from './dcmi.ts';
import type { DcmiGroup } from './dcmi.ts';

/** The mode of Get Power Reading that is over a period of the choice of the BMC. */
export const POWER_MODE = 1;

/** The mode with a period of the caller's choice, which Enhanced System Power Statistics has. */
export const POWER_STATISTICS_MODE = 2;

/** The request of Get Power Reading. */
export interface PowerReadingRequest extends DcmiGroup {
  readonly mode: number;
  readonly period: number;
  readonly reserved: number;
}

/** The answer to Get Power Reading: watts, as they are sent. */
export interface SentPowerReading extends DcmiGroup {
  readonly currentWatts: number;
  readonly minimumWatts: number;
  readonly maximumWatts: number;
  readonly averageWatts: number;
  readonly timestamp: BmcTime;
  /** The time over which minimum, maximum and average are, milliseconds. */
  readonly periodMs: number;
  readonly state: { readonly isActive: boolean } & Reserved;
}

/** Get Power Reading (DCMI 1.5 §6.6.1). */
export const GET_POWER_READING: Command<PowerReadingRequest, SentPowerReading> = {
  ...dcmiTitle('Get Power Reading', DcmiCmd.GET_POWER_READING, '§6.6.1'),
  request: struct<PowerReadingRequest>({ group: u8, mode: u8, period: u8, reserved: u8 }),
  response: struct<SentPowerReading>({
    group: u8,
    currentWatts: u16,
    minimumWatts: u16,
    maximumWatts: u16,
    averageWatts: u16,
    timestamp: BMC_TIME,
    periodMs: u32,
    state: bits({ isActive: flag(6) }),
  }),
};

/** The answer to Get Power Limit. */
export interface SentPowerLimit extends DcmiGroup {
  readonly reserved: number;
  /** 0 none, 1 power off and log, 0x11 log, others of an OEM. */
  readonly action: number;
  readonly limitWatts: number;
  /** The time within which the power is to get below the limit, milliseconds. */
  readonly correctionMs: number;
  readonly reservedToo: number;
  /** The period over which the limit is held, seconds. */
  readonly periodSeconds: number;
}

/** Completion code: no limit is active. */
export const NO_POWER_LIMIT = 0x80;

/** Get Power Limit (DCMI 1.5 §6.6.2). */
export const GET_POWER_LIMIT: Command<DcmiGroup & { readonly reserved: number }, SentPowerLimit> = {
  ...dcmiTitle('Get Power Limit', DcmiCmd.GET_POWER_LIMIT, '§6.6.2'),
  codes: { [NO_POWER_LIMIT]: 'no power limit is active' },
  request: struct({ group: u8, reserved: u16 }),
  response: struct<SentPowerLimit>({
    group: u8,
    reserved: u16,
    action: u8,
    limitWatts: u16,
    correctionMs: u32,
    reservedToo: u16,
    periodSeconds: u16,
  }),
};

/** Completion codes of Set Power Limit. */
export const PowerLimitCode = {
  OUT_OF_RANGE: 0x84,
  CORRECTION_OUT_OF_RANGE: 0x85,
  PERIOD_OUT_OF_RANGE: 0x89,
} as const;

/** The values of a limit that is to be set; see {@link SentPowerLimit}. */
export interface PowerLimitSetting
  extends
    DcmiGroup,
    Pick<SentPowerLimit, 'action' | 'limitWatts' | 'correctionMs' | 'periodSeconds'> {
  readonly reserved: number;
  readonly reservedHigh: number;
  readonly reservedToo: number;
}

/** Set Power Limit (DCMI 1.5 §6.6.3). A limit that is active is the new one at once. */
export const SET_POWER_LIMIT: Command<PowerLimitSetting, DcmiGroup> = {
  ...dcmiTitle('Set Power Limit', DcmiCmd.SET_POWER_LIMIT, '§6.6.3'),
  codes: {
    [PowerLimitCode.OUT_OF_RANGE]: 'the power limit is out of range',
    [PowerLimitCode.CORRECTION_OUT_OF_RANGE]: 'the correction time is out of range',
    [PowerLimitCode.PERIOD_OUT_OF_RANGE]: 'the sampling period is out of range',
  },
  request: struct<PowerLimitSetting>({
    group: u8,
    reserved: u16,
    reservedHigh: u8,
    action: u8,
    limitWatts: u16,
    correctionMs: u32,
    reservedToo: u16,
    periodSeconds: u16,
  }),
  response: struct<DcmiGroup>({ group: u8 }),
};

/** The request of Activate/Deactivate Power Limit. */
export interface PowerLimitActivation extends DcmiGroup {
  /** 1 activates, 0 deactivates. */
  readonly activation: number;
  readonly reserved: number;
}

/** Activate/Deactivate Power Limit (DCMI 1.5 §6.6.4). */
export const ACTIVATE_POWER_LIMIT: Command<PowerLimitActivation, DcmiGroup> = {
  ...dcmiTitle('Activate/Deactivate Power Limit', DcmiCmd.ACTIVATE_POWER_LIMIT, '§6.6.4'),
  request: struct<PowerLimitActivation>({ group: u8, activation: u8, reserved: u16 }),
  response: struct<DcmiGroup>({ group: u8 }),
};
