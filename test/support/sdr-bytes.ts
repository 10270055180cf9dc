/** Sensor data records as bytes, written from the tables of IPMI 2.0 chapter 43. */

/** Fields of a sensor; those left out are 0. */
export interface SensorFields {
  readonly number: number;
  readonly name?: string;
  readonly owner?: number;
  readonly lun?: number;
  readonly sensorType?: number;
  readonly eventType?: number;
  readonly capabilities?: number;
  readonly readable?: number;
  /** Bytes 21 to 23. */
  readonly units?: readonly [form: number, base: number, modifier: number];
  readonly linearization?: number;
  /** Bytes 25 to 30. */
  readonly factors?: readonly number[];
  readonly nominal?: number;
  /** Bytes 37 to 42: upper non-recoverable, critical, non-critical, then the lower ones. */
  readonly thresholds?: readonly number[];
  /** Bytes 24 and 25 of a compact record, 13 and 14 of an event-only one. */
  readonly sharing?: readonly [number, number];
}

/** M = 1, and all other factors 0. */
export const ONE = [0x01, 0, 0, 0, 0, 0] as const;

export function record(id: number, type: number, body: readonly number[]): readonly number[] {
  return [id & 0xff, id >> 8, 0x51, type, body.length, ...body];
}

/** An 8-bit name, with the byte in front of it. */
export function named(name: string): readonly number[] {
  return [0xc0 | name.length, ...Array.from(name, (letter) => letter.charCodeAt(0))];
}

/** A full record: by default a temperature in degrees C without thresholds. */
export function fullRecord(id: number, fields: SensorFields): readonly number[] {
  const { nominal = 0, factors = ONE, thresholds = [0, 0, 0, 0, 0, 0] } = fields;
  return record(id, 0x01, [
    ...head(fields),
    ...[0, 0, 0, 0, fields.readable ?? 0, 0],
    ...(fields.units ?? [0, 1, 0]),
    ...[fields.linearization ?? 0, ...factors],
    ...[0, nominal, 0, 0, 0xff, 0],
    ...[...thresholds, 0, 0, 0, 0, 0],
    ...named(fields.name ?? `Sensor ${fields.number}`),
  ]);
}

/** A compact record: by default of states of the sensor's type. */
export function compactRecord(id: number, fields: SensorFields): readonly number[] {
  return record(id, 0x02, [
    ...head({ eventType: 0x6f, sensorType: 0x08, ...fields }),
    ...[0, 0, 0, 0, 0, 0],
    ...(fields.units ?? [0xc0, 0, 0]),
    ...(fields.sharing ?? [1, 0]),
    ...[0, 0, 0, 0, 0, 0],
    ...named(fields.name ?? `States ${fields.number}`),
  ]);
}

/** An event-only record. */
export function eventOnlyRecord(id: number, fields: SensorFields): readonly number[] {
  return record(id, 0x03, [
    ...[fields.owner ?? 0x20, fields.lun ?? 0, fields.number, 0x07, 0x01],
    ...[fields.sensorType ?? 0x12, fields.eventType ?? 0x6f],
    ...(fields.sharing ?? [1, 0]),
    ...[0, 0],
    ...named(fields.name ?? `Events ${fields.number}`),
  ]);
}

function head(fields: SensorFields): readonly number[] {
  return [
    ...[fields.owner ?? 0x20, fields.lun ?? 0, fields.number, 0x03, 0x01, 0x7f],
    ...[fields.capabilities ?? 0, fields.sensorType ?? 0x01, fields.eventType ?? 0x01],
  ];
}
