/**
 * The records of a FRU's multi-record area (FRU Information Storage Definition 1.3, §16 and §18):
 * power supplies, their outputs and loads, management access; every other kind as bytes.
 */

import {
  bits,
  choice,
  decodeFront,
  flag,
  mapped,
  range,
  rest,
  s16,
  struct,
  u16,
  u24,
  u8,
} from './codec.ts';
import { DecodeError } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import { sumOf } from './fru-areas.ts';
import type { Warn } from './fru-areas.ts';

/** A power supply (§18.1). Voltages are in units of 10 mV, as they are stored. */
export interface PowerSupply {
  /** Watts. */
  readonly capacity: { readonly watts: number } & Reserved;
  /** Volt-amperes; 65535 is unspecified. */
  readonly peakVa: number;
  /** Amperes; 255 is unspecified. */
  readonly inrushAmps: number;
  readonly inrushMs: number;
  /** Input voltage, 10 mV: range 1, then range 2, each its low and its high end. */
  readonly low1: number;
  readonly high1: number;
  readonly low2: number;
  readonly high2: number;
  readonly lowHz: number;
  readonly highHz: number;
  /** Time that a loss of the input is bridged, ms. */
  readonly dropoutMs: number;
  readonly flags: {
    readonly hasPredictiveFailure: boolean;
    readonly hasPowerFactorCorrection: boolean;
    readonly switchesVoltage: boolean;
    readonly isHotSwap: boolean;
    /** Two pulses of the tachometer per rotation, or: the signal is 1 for a failure. */
    readonly hasTwoPulses: boolean;
  } & Reserved;
  /** Peak watts, and for how many seconds; 4095 is unspecified. */
  readonly peak: { readonly watts: number; readonly seconds: number };
  /** Two outputs that share power. */
  readonly combined: { readonly second: RailVoltage; readonly first: RailVoltage };
  /** Watts of both; 0 where that is not so. */
  readonly combinedWatts: number;
  /** Tachometer's lower limit, rotations per second; 0: the signal says good or bad. */
  readonly tachometerLimit: number;
}

type RailVoltage = '12 V' | '-12 V' | '5 V' | '3.3 V' | number;

/** A DC output (§18.2). Voltages are in units of 10 mV, the ripple is in mV, currents are in mA. */
export interface DcOutput {
  readonly output: { readonly number: number; readonly isOnStandby: boolean } & Reserved;
  readonly nominal: number;
  readonly maxNegative: number;
  readonly maxPositive: number;
  readonly rippleMv: number;
  readonly minMa: number;
  readonly maxMa: number;
}

/** A DC load (§18.3). Voltages are in units of 10 mV, the ripple is in mV, currents are in mA. */
export interface DcLoad {
  readonly output: { readonly number: number } & Reserved;
  readonly nominal: number;
  readonly min: number;
  readonly max: number;
  readonly rippleMv: number;
  readonly minMa: number;
  readonly maxMa: number;
}

/** Access to management (§18.4). */
export interface ManagementAccess {
  readonly what: ((typeof ACCESS)[number] & string) | number;
  readonly data: Uint8Array;
}

/** A record of a maker (§18.7). */
export interface OemFruRecord {
  /** IANA's number of the manufacturer. */
  readonly manufacturerId: number;
  readonly data: Uint8Array;
}

/** A record: its type, its bytes, and what they mean where that is known. */
export type FruRecord = { readonly type: number; readonly raw: Uint8Array } & (
  | { readonly kind: 'power-supply'; readonly value: PowerSupply }
  | { readonly kind: 'dc-output'; readonly value: DcOutput }
  | { readonly kind: 'dc-load'; readonly value: DcLoad }
  | { readonly kind: 'management-access'; readonly value: ManagementAccess }
  | { readonly kind: 'oem'; readonly value: OemFruRecord }
  /** Of another type, or too short. */
  | { readonly kind: 'other' }
);

/** The header of a record (§16.2). */
export interface FruRecordHeader {
  readonly type: number;
  readonly format: { readonly version: number; readonly isLast: boolean } & Reserved;
  readonly lengthBytes: number;
  readonly recordChecksum: number;
  readonly headerChecksum: number;
}

export const RECORD_HEADER_BYTES = 5;

const OEM_FROM = 0xc0;

const ACCESS = [
  undefined,
  'system URL',
  'system name',
  'system ping address',
  'component URL',
  'component name',
  'component ping address',
  'system unique ID',
] as const;

/** Header of a record. */
export const RECORD_HEADER: Field<FruRecordHeader> = struct({
  type: u8,
  format: bits({ version: range(0, 4), isLast: flag(7) }),
  lengthBytes: u8,
  recordChecksum: u8,
  headerChecksum: u8,
});

const RAILS = ['12 V', '-12 V', '5 V', '3.3 V'] as const;

export const POWER_SUPPLY: Field<PowerSupply> = struct({
  capacity: bits({ watts: range(0, 12) }, 2),
  peakVa: u16,
  inrushAmps: u8,
  inrushMs: u8,
  low1: s16,
  high1: s16,
  low2: s16,
  high2: s16,
  lowHz: u8,
  highHz: u8,
  dropoutMs: u8,
  flags: bits({
    hasPredictiveFailure: flag(0),
    hasPowerFactorCorrection: flag(1),
    switchesVoltage: flag(2),
    isHotSwap: flag(3),
    hasTwoPulses: flag(4),
  }),
  peak: bits({ watts: range(0, 12), seconds: range(12, 4) }, 2),
  combined: bits({ second: choice(0, 4, RAILS), first: choice(4, 4, RAILS) }),
  combinedWatts: u16,
  tachometerLimit: u8,
});

export const DC_OUTPUT: Field<DcOutput> = struct({
  output: bits({ number: range(0, 4), isOnStandby: flag(7) }),
  nominal: s16,
  maxNegative: s16,
  maxPositive: s16,
  rippleMv: u16,
  minMa: u16,
  maxMa: u16,
});

export const DC_LOAD: Field<DcLoad> = struct({
  output: bits({ number: range(0, 4) }),
  nominal: s16,
  min: s16,
  max: s16,
  rippleMv: u16,
  minMa: u16,
  maxMa: u16,
});

const ACCESS_KIND: Field<ManagementAccess['what']> = mapped(
  u8,
  (value) => ACCESS[value] ?? value,
  (what) => (typeof what === 'number' ? what : ACCESS.indexOf(what)),
);

export const MANAGEMENT_ACCESS: Field<ManagementAccess> = struct({
  what: ACCESS_KIND,
  data: rest,
});

export const OEM_RECORD: Field<OemFruRecord> = struct({ manufacturerId: u24, data: rest });

/** Decodes the bytes of a record behind its header. */
export function decodeFruRecord(
  { type, recordChecksum }: Pick<FruRecordHeader, 'type' | 'recordChecksum'>,
  raw: Uint8Array,
  warn: Warn,
): FruRecord {
  if (((sumOf(raw) + recordChecksum) & 0xff) !== 0) warn('its checksum is wrong');
  try {
    return { type, raw, ...valueOf(type, raw) };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    warn(`it is too short: ${error.message}`);
    return { type, raw, kind: 'other' };
  }
}

/** The part of a record that depends on its kind. */
type Value = FruRecord extends infer One
  ? One extends FruRecord
    ? Omit<One, 'type' | 'raw'>
    : never
  : never;

function valueOf(type: number, raw: Uint8Array): Value {
  if (type === 0x00) return { kind: 'power-supply', value: decodeFront(POWER_SUPPLY, raw) };
  if (type === 0x01) return { kind: 'dc-output', value: decodeFront(DC_OUTPUT, raw) };
  if (type === 0x02) return { kind: 'dc-load', value: decodeFront(DC_LOAD, raw) };
  if (type === 0x03) {
    return { kind: 'management-access', value: decodeFront(MANAGEMENT_ACCESS, raw) };
  }
  if (type >= OEM_FROM) return { kind: 'oem', value: decodeFront(OEM_RECORD, raw) };
  return { kind: 'other' };
}
