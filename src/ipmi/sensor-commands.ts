/** Commands of sensors (IPMI 2.0 chapter 35). */

import { bits, flag, mapped, optional, struct, u8 } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import type { Command } from './command.ts';
import { NetFn, SensorCmd } from './commands.ts';
import { FACTORS } from './sensor-factors.ts';
import type { Factors } from './sensor-factors.ts';

/** The second byte of the answer to Get Sensor Reading. */
export interface ReadingFlags extends Reserved {
  /** The reading, or the states, are not valid: the first update is under way, for example. */
  readonly isUnavailable: boolean;
  /** The sensor is watched; otherwise its reading is not renewed. */
  readonly isScanned: boolean;
  readonly hasEvents: boolean;
}

/** The answer to Get Sensor Reading (§35.14). */
export interface SensorReading {
  /** Raw; means nothing for a sensor without an analog reading. */
  readonly raw: number;
  readonly flags: ReadingFlags;
  /** Of a threshold sensor: the comparisons in bits 5:0. Else states 7..0. */
  readonly states: number | undefined;
  /** States 14..8 of a discrete sensor, in bits 6:0. */
  readonly moreStates: number | undefined;
}

/** The thresholds of a sensor, one bit or byte for each. */
export interface Thresholds<T> {
  readonly lowerNonCritical: T;
  readonly lowerCritical: T;
  readonly lowerNonRecoverable: T;
  readonly upperNonCritical: T;
  readonly upperCritical: T;
  readonly upperNonRecoverable: T;
}

/** The answer to Get Sensor Thresholds (§35.9). */
export interface SensorThresholds {
  /** The thresholds that can be read; the values of the others mean nothing. */
  readonly readable: Thresholds<boolean> & Reserved;
  readonly raw: Thresholds<number>;
}

/** The answer to Get Sensor Hysteresis (§35.7): raw counts without a sign, 0 for none. */
export interface SensorHysteresis {
  readonly positive: number;
  readonly negative: number;
}

/** Reading and the factors for it (§35.5). */
export interface ReadingFactors {
  /** The next reading for which the factors differ. */
  readonly nextRaw: number;
  readonly factors: Factors;
}

/** The names of the thresholds, in the order of their bits. */
export const THRESHOLD_NAMES = [
  'lowerNonCritical',
  'lowerCritical',
  'lowerNonRecoverable',
  'upperNonCritical',
  'upperCritical',
  'upperNonRecoverable',
] as const satisfies readonly (keyof Thresholds<unknown>)[];

export type ThresholdName = (typeof THRESHOLD_NAMES)[number];

const READING_FLAGS: Field<ReadingFlags> = bits({
  isUnavailable: flag(5),
  isScanned: flag(6),
  hasEvents: flag(7),
});

/** One bit for each threshold, from bit 0 on. */
export const THRESHOLD_MASK: Field<Thresholds<boolean> & Reserved> = bits<Thresholds<boolean>>({
  lowerNonCritical: flag(0),
  lowerCritical: flag(1),
  lowerNonRecoverable: flag(2),
  upperNonCritical: flag(3),
  upperCritical: flag(4),
  upperNonRecoverable: flag(5),
});

/** Get Sensor Reading (§35.14): the number of the sensor. */
export const GET_SENSOR_READING: Command<number, SensorReading> = {
  netFn: NetFn.SENSOR_EVENT,
  cmd: SensorCmd.GET_READING,
  section: '§35.14',
  request: u8,
  response: struct<SensorReading>({
    raw: u8,
    flags: READING_FLAGS,
    states: optional(u8),
    moreStates: optional(u8),
  }),
};

/** Get Sensor Thresholds (§35.9): the number of the sensor. */
export const GET_SENSOR_THRESHOLDS: Command<number, SensorThresholds> = {
  netFn: NetFn.SENSOR_EVENT,
  cmd: SensorCmd.GET_THRESHOLDS,
  section: '§35.9',
  request: u8,
  response: struct<SensorThresholds>({
    readable: THRESHOLD_MASK,
    raw: struct<Thresholds<number>>({
      lowerNonCritical: u8,
      lowerCritical: u8,
      lowerNonRecoverable: u8,
      upperNonCritical: u8,
      upperCritical: u8,
      upperNonRecoverable: u8,
    }),
  }),
};

/** The byte behind the number of a sensor in Get Sensor Hysteresis. */
const HYSTERESIS_MASK = 0xff;

/** Get Sensor Hysteresis (§35.7): the number of the sensor. */
export const GET_SENSOR_HYSTERESIS: Command<number, SensorHysteresis> = {
  netFn: NetFn.SENSOR_EVENT,
  cmd: SensorCmd.GET_HYSTERESIS,
  section: '§35.7',
  request: mapped(
    struct<{ readonly number: number; readonly mask: number }>({ number: u8, mask: u8 }),
    ({ number }) => number,
    (number) => ({ number, mask: HYSTERESIS_MASK }),
  ),
  response: struct<SensorHysteresis>({ positive: u8, negative: u8 }),
};

/** Get Sensor Reading Factors (§35.5): the number of the sensor, and a raw reading. */
export const GET_SENSOR_READING_FACTORS: Command<
  { readonly number: number; readonly raw: number },
  ReadingFactors
> = {
  netFn: NetFn.SENSOR_EVENT,
  cmd: SensorCmd.GET_READING_FACTORS,
  section: '§35.5',
  request: struct({ number: u8, raw: u8 }),
  response: struct<ReadingFactors>({ nextRaw: u8, factors: FACTORS }),
};
