/**
 * The sensors of a simulated BMC and their commands (IPMI 2.0 chapter 35). Every sensor that an SDR
 * describes answers; its reading, and all else, can be changed while the BMC runs.
 */

import { DATA_LENGTH_INVALID, ILLEGAL_FOR_SENSOR, NOT_FOUND, OK } from './command-record.ts';
import type { SimReply } from './command-record.ts';
import type { PartHandler, PartTable } from './part.ts';

/** A sensor; a field that is left out is as at a sensor in good order. */
export interface SimSensor {
  /** Raw reading; 0. */
  readonly raw?: number;
  /** Bits 14..0: the states of a discrete sensor. Of a threshold sensor they follow from `raw`. */
  readonly states?: number;
  /** Byte 2 of the answer: events and scanning are enabled, 0xc0. */
  readonly flags?: number;
  /** Raw: lower non-critical, critical, non-recoverable, then the same of the upper ones. */
  readonly thresholds?: readonly number[];
  /** The thresholds that can be read, by bit; those of `thresholds` that are not 0xff or 0. */
  readonly readable?: number;
  /** Raw counts: positive-going and negative-going hysteresis; those of its record, or 0. */
  readonly hysteresis?: readonly [positive: number, negative: number];
  /** The six bytes behind the next reading, of a non-linear sensor. */
  readonly factors?: (raw: number) => readonly number[];
  /** Completion code of every command for it, such as 0xcb. */
  readonly code?: number;
}

/** The sensors, and the logical unit that a command is for. */
export interface SensorsOfUnit {
  readonly sensors: SimSensors;
  readonly lun: number;
}

const ENABLED = 0xc0;
const THRESHOLDS = 6;

/** Owner of a record's sensors: the BMC, on each of its logical units. */
const BMC = 0x20;

/** Types of records of sensors that have readings. */
const [FULL, COMPACT] = [0x01, 0x02];

/** Event type of a sensor with thresholds. */
const THRESHOLD = 0x01;

/** Bytes of a full record with the thresholds in the order of Get Sensor Thresholds. */
const THRESHOLD_BYTES = [41, 40, 39, 38, 37, 36];
const NOMINAL_BYTE = 31;

/** Bytes of a full record with the hystereses, the positive-going one first. */
const HYSTERESIS_BYTE = 42;

/** The sensors of one BMC. */
export class SimSensors {
  readonly #sensors = new Map<string, SimSensor>();

  /** Sensors as records describe them: with the nominal reading, and the thresholds in there. */
  constructor(records: readonly (readonly number[])[], address = BMC) {
    for (const record of records) this.#describe(record, address);
  }

  /** Changes fields of a sensor, or has a new one. */
  set(number: number, fields: SimSensor, lun = 0): void {
    const key = keyOf(number, lun);
    this.#sensors.set(key, { ...this.#sensors.get(key), ...fields });
  }

  /** There is no such sensor any more. */
  remove(number: number, lun = 0): void {
    this.#sensors.delete(keyOf(number, lun));
  }

  get(number: number, lun: number): SimSensor | undefined {
    return this.#sensors.get(keyOf(number, lun));
  }

  #describe(record: readonly number[], address: number): void {
    const [, , , type, , owner, place = 0, number = 0] = record;
    if (owner !== address || (type !== FULL && type !== COMPACT)) return;
    const lun = place & 3;
    if (type === FULL) {
      const thresholds = THRESHOLD_BYTES.map((at) => record[at] ?? 0);
      const isThreshold = record[13] === THRESHOLD;
      const readable = record[18] ?? 0;
      const raw = record[NOMINAL_BYTE] ?? 0;
      const hysteresis = [record[HYSTERESIS_BYTE] ?? 0, record[HYSTERESIS_BYTE + 1] ?? 0] as const;
      this.set(number, isThreshold ? { raw, thresholds, readable, hysteresis } : { raw }, lun);
      return;
    }
    const count = Math.max(1, (record[23] ?? 0) & 0x0f);
    for (let index = 0; index < count; index += 1) this.set(number + index, { states: 1 }, lun);
  }
}

/** Handlers by command. */
export const SENSOR_COMMANDS: PartTable<SensorsOfUnit> = {
  0x23: of(2, ({ factors }, [, raw = 0]) =>
    factors === undefined ? [ILLEGAL_FOR_SENSOR] : [OK, (raw + 1) & 0xff, ...factors(raw)],
  ),
  0x25: of(2, ({ hysteresis = [0, 0] }) => [OK, ...hysteresis]),
  0x27: of(1, ({ thresholds, readable = 0x3f }) => {
    if (thresholds === undefined) return [ILLEGAL_FOR_SENSOR];
    const all = Array.from({ length: THRESHOLDS }, (_, at) => thresholds[at] ?? 0);
    return [OK, readable, ...all];
  }),
  0x2d: of(1, (sensor) => {
    const { raw = 0, flags = ENABLED } = sensor;
    const states = sensor.states ?? crossed(sensor);
    const last = sensor.thresholds === undefined ? [states & 0xff, 0x80 | (states >> 8)] : [];
    return [OK, raw, flags, ...(last.length > 0 ? last : [ENABLED | states])];
  }),
};

/** A handler of requests of so many bytes, the first of which is the number of the sensor. */
function of(
  bytes: number,
  answer: (sensor: SimSensor, data: Uint8Array) => SimReply,
): PartHandler<SensorsOfUnit> {
  return (data, { sensors, lun }) => {
    if (data.length !== bytes) return [DATA_LENGTH_INVALID];
    const sensor = sensors.get(data[0] ?? 0, lun);
    if (sensor === undefined) return [NOT_FOUND];
    return sensor.code === undefined ? answer(sensor, data) : [sensor.code];
  };
}

/** The comparisons of a reading without a sign. */
function crossed({ raw = 0, thresholds = [], readable = 0x3f }: SimSensor): number {
  const bits = thresholds.map((threshold, at) => {
    const isReached = at < 3 ? raw <= threshold : raw >= threshold;
    return isReached ? (1 << at) & readable : 0;
  });
  return bits.reduce((sum, bit) => sum | bit, 0);
}

function keyOf(number: number, lun: number): string {
  return `${lun}/${number}`;
}
