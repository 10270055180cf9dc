/** Records of sensors: full, compact and event-only (IPMI 2.0 §43.1 to §43.3). */

import { bits, bytes, choice, flag, range, struct, u16, u8 } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import { ENTITY } from './entity.ts';
import type { Entity } from './entity.ts';
import { ID_STRING } from './id-string.ts';
import type { IdString } from './id-string.ts';
import type { Thresholds } from './sensor-commands.ts';
import { FACTORS } from './sensor-factors.ts';
import type { Factors } from './sensor-factors.ts';
import { UNITS } from './sensor-units.ts';
import type { SensorUnits } from './sensor-units.ts';

/** The controller, or the software, that has a sensor: bytes 6 and 7. */
export interface SensorOwner {
  readonly id: OwnerId;
  readonly place: OwnerPlace;
}

interface OwnerId extends Reserved {
  /** System software, and no controller on an IPMB. */
  readonly isSoftware: boolean;
  /** Bits 7:1: the address on the IPMB without its lowest bit, or the number of the software. */
  readonly id: number;
}

interface OwnerPlace extends Reserved {
  readonly lun: number;
  readonly channel: number;
}

/** The beginning that all sensor records have. */
interface AnySensor {
  readonly owner: SensorOwner;
  /** Of the first sensor, where several share the record. */
  readonly number: number;
  readonly entity: Entity;
}

/** Byte 12 of a record. */
export interface SensorCapabilities extends Reserved {
  /** 0 each event, 1 the sensor as a whole, 2 all sensors together, 3 none. */
  readonly eventControl: number;
  readonly thresholds: 'none' | 'readable' | 'settable' | 'fixed' | number;
  readonly hysteresis: 'none' | 'readable' | 'settable' | 'fixed' | number;
  readonly rearmsItself: boolean;
  /** The sensor does not count while its entity is absent. */
  readonly isIgnoredIfAbsent: boolean;
}

/** Byte 11. */
interface Initialization extends Reserved {
  readonly isScanned: boolean;
  readonly hasEvents: boolean;
  readonly setsType: boolean;
  readonly setsHysteresis: boolean;
  readonly setsThresholds: boolean;
  readonly setsEvents: boolean;
  readonly setsScanning: boolean;
  readonly isSettable: boolean;
}

/** Fields of full and compact records. */
interface ReadSensor extends AnySensor {
  readonly initialization: Initialization;
  readonly capabilities: SensorCapabilities;
  readonly sensorType: number;
  /** 0x01 threshold, 0x02..0x0c generic, 0x6f of the sensor type, 0x70..0x7f OEM. */
  readonly eventType: number;
  /** Bytes 15 and 16, 17 and 18: events, and comparisons, for each direction. */
  readonly assertionMask: number;
  readonly deassertionMask: number;
  /** Bytes 19 and 20: states that can be read, or thresholds that can be read, and set. */
  readonly readingMask: number;
  readonly units: SensorUnits;
}

/** The specified ones of the values behind it: byte 31. */
interface Analog extends Reserved {
  readonly hasNominal: boolean;
  readonly hasNormalMax: boolean;
  readonly hasNormalMin: boolean;
}

/** A full sensor record: type 0x01. All values are raw. */
export interface FullSensor extends ReadSensor {
  /** Function, or non-linear from 0x70 on; bit 7 is reserved. */
  readonly linearization: { readonly kind: number } & Reserved;
  readonly factors: Factors;
  readonly analog: Analog;
  readonly nominal: number;
  readonly normalMax: number;
  readonly normalMin: number;
  readonly maximum: number;
  readonly minimum: number;
  /** As they are at the initialization; those in force are asked of the sensor. */
  readonly thresholds: Thresholds<number>;
  readonly positiveHysteresis: number;
  readonly negativeHysteresis: number;
  readonly spare: number;
  readonly oem: number;
  readonly name: IdString;
}

/** Two bytes of sensors that share a record. */
export interface Sharing extends Reserved {
  /** Sensors of this record, with numbers behind one another; 0 counts as 1. */
  readonly count: number;
  /** The characters behind the name that tell them apart. */
  readonly modifier: 'numeric' | 'alpha' | number;
  readonly direction: number;
  /** Of the first sensor; for `alpha` 0 is A, and 26 is AA. */
  readonly modifierOffset: number;
  /** The entity's instance counts with the sensor. */
  readonly countsEntities: boolean;
}

/** A compact sensor record: type 0x02. */
export interface CompactSensor extends ReadSensor {
  readonly sharing: Sharing;
  readonly positiveHysteresis: number;
  readonly negativeHysteresis: number;
  readonly spare: Uint8Array;
  readonly oem: number;
  readonly name: IdString;
}

/** An event-only record: type 0x03. The sensor cannot be read. */
export interface EventOnlySensor extends AnySensor {
  readonly sensorType: number;
  readonly eventType: number;
  readonly sharing: Sharing;
  readonly spare: number;
  readonly oem: number;
  readonly name: IdString;
}

const ACCESS = ['none', 'readable', 'settable', 'fixed'] as const;

const ANY_SENSOR = {
  owner: struct<SensorOwner>({
    id: bits({ isSoftware: flag(0), id: range(1, 7) }),
    place: bits({ lun: range(0, 2), channel: range(4, 4) }),
  }),
  number: u8,
  entity: ENTITY,
};

const INITIALIZATION: Field<Initialization> = bits({
  isScanned: flag(0),
  hasEvents: flag(1),
  setsType: flag(2),
  setsHysteresis: flag(3),
  setsThresholds: flag(4),
  setsEvents: flag(5),
  setsScanning: flag(6),
  isSettable: flag(7),
});

const READ_SENSOR = {
  ...ANY_SENSOR,
  initialization: INITIALIZATION,
  capabilities: bits({
    eventControl: range(0, 2),
    thresholds: choice(2, 2, ACCESS),
    hysteresis: choice(4, 2, ACCESS),
    rearmsItself: flag(6),
    isIgnoredIfAbsent: flag(7),
  }),
  sensorType: u8,
  eventType: u8,
  assertionMask: u16,
  deassertionMask: u16,
  readingMask: u16,
  units: UNITS,
};

const SHARING: Field<Sharing> = bits<Omit<Sharing, 'reserved'>>(
  {
    count: range(0, 4),
    modifier: choice(4, 2, ['numeric', 'alpha']),
    direction: range(6, 2),
    modifierOffset: range(8, 7),
    countsEntities: flag(15),
  },
  2,
);

export const FULL_SENSOR: Field<FullSensor> = struct<FullSensor>({
  ...READ_SENSOR,
  linearization: bits({ kind: range(0, 7) }),
  factors: FACTORS,
  analog: bits({ hasNominal: flag(0), hasNormalMax: flag(1), hasNormalMin: flag(2) }),
  nominal: u8,
  normalMax: u8,
  normalMin: u8,
  maximum: u8,
  minimum: u8,
  thresholds: struct<Thresholds<number>>({
    upperNonRecoverable: u8,
    upperCritical: u8,
    upperNonCritical: u8,
    lowerNonRecoverable: u8,
    lowerCritical: u8,
    lowerNonCritical: u8,
  }),
  positiveHysteresis: u8,
  negativeHysteresis: u8,
  spare: u16,
  oem: u8,
  name: ID_STRING,
});

export const COMPACT_SENSOR: Field<CompactSensor> = struct<CompactSensor>({
  ...READ_SENSOR,
  sharing: SHARING,
  positiveHysteresis: u8,
  negativeHysteresis: u8,
  spare: bytes(3),
  oem: u8,
  name: ID_STRING,
});

export const EVENT_ONLY_SENSOR: Field<EventOnlySensor> = struct<EventOnlySensor>({
  ...ANY_SENSOR,
  sensorType: u8,
  eventType: u8,
  sharing: SHARING,
  spare: u8,
  oem: u8,
  name: ID_STRING,
});

/** Letters of an `alpha` modifier. */
const LETTERS = 26;

/** The name of the sensor that is `index`, from 0, of those that share a record. */
export function sharedName(name: string, sharing: Sharing, index: number): string {
  if (sharing.count < 2) return name;
  const number = sharing.modifierOffset + index;
  return `${name} ${sharing.modifier === 'alpha' ? letters(number) : number}`;
}

function letters(number: number): string {
  const last = String.fromCharCode(0x41 + (number % LETTERS));
  return number < LETTERS ? last : letters(Math.floor(number / LETTERS) - 1) + last;
}
