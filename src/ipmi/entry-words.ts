/**
 * An entry of the SEL in words: the name of its sensor and its values in units where the sensor's
 * record is known, and event data 2 and 3 where they are part of the event (IPMI 2.0 table 29-6).
 */

import { hexByte } from './hex.ts';
import { describeState } from './event-record.ts';
import type { EventRecord, OemRecord, ReservedRecord, SensorEvent } from './event-record.ts';
import { THRESHOLD } from './generic-events.ts';

/** The key of a sensor: a number alone is not one, because owners and LUNs count anew. */
export interface SensorKey {
  /** Bits 7:1 an IPMB address or a software ID, bit 0 which of them (§43.1). */
  readonly owner: number;
  /** Logical unit of the owner, 0..3. */
  readonly lun: number;
  readonly number: number;
}

/** The facts of a sensor that its record has. */
export interface SensorFacts {
  readonly name: string;
  /** Unit of what `convert` returns. */
  readonly unit?: string | undefined;
  /** Converts a raw value; absent, or undefined as its result, where it cannot be converted. */
  readonly convert?: ((raw: number) => number | undefined) | undefined;
}

/** Finds the facts of a sensor. */
export type SensorLookup = (key: SensorKey) => SensorFacts | undefined;

/** A value of a threshold event. */
export interface EventValue {
  readonly raw: number;
  /** The value in `unit`; undefined where it cannot be converted. */
  readonly value: number | undefined;
  readonly unit: string | undefined;
}

/** An entry in words. */
export interface EntryWords {
  /** Sensor, or kind of record: `Temperature "CPU 0 Temp" (0x30)`. */
  readonly subject: string;
  /** The name of the sensor, if its record is known. */
  readonly sensorName: string | undefined;
  /** The event with all that its data tell; the bytes of a record that only its maker can read. */
  readonly event: string;
  /** Of a threshold event, if the BMC gives it. */
  readonly reading: EventValue | undefined;
  readonly threshold: EventValue | undefined;
}

/** Event type whose states are severities (table 42-2). */
const SEVERITY_TYPE = 0x07;

/** Half of a byte that says nothing. */
const UNSPECIFIED = 0x0f;

/** Bits 7:6 of event data 1 for byte 2, and 5:4 for byte 3: their codes in table 29-6. */
const STATE_IN_BYTE_2 = 1;
const OEM_CODE = 2;

/** Tells an entry in words. */
export function entryWords(record: EventRecord, lookup?: SensorLookup): EntryWords {
  if (record.format === 'sensor') return sensorWords(record, lookup);
  const nothing = { sensorName: undefined, reading: undefined, threshold: undefined };
  return { ...nothing, ...bytesWords(record) };
}

/** The key of the sensor that an event is of (§32.1, bytes 8 and 9). */
export function sensorKeyOf({ generatorId, sensorNumber }: SensorEvent): SensorKey {
  return { owner: generatorId & 0xff, lun: (generatorId >> 8) & 3, number: sensorNumber };
}

function bytesWords(record: OemRecord | ReservedRecord): Pick<EntryWords, 'subject' | 'event'> {
  const type = hexByte(record.recordType);
  if (record.format === 'reserved') {
    return { subject: `record of reserved type ${type}`, event: hexBytes(record.raw.subarray(3)) };
  }
  const { manufacturerId, oemData } = record;
  const maker = manufacturerId === undefined ? '' : ` of manufacturer ${manufacturerId}`;
  return { subject: `OEM record ${type}${maker}`, event: hexBytes(oemData) };
}

function sensorWords(event: SensorEvent, lookup: SensorLookup | undefined): EntryWords {
  const facts = lookup?.(sensorKeyOf(event));
  const name = facts === undefined ? '' : ` "${facts.name}"`;
  const reading = valueOf(event.reading, facts);
  const threshold = valueOf(event.threshold, facts);
  const texts = [
    event.eventText,
    ...(reading === undefined ? [] : [`reading ${valueText(reading)}`]),
    ...(threshold === undefined ? [] : [`threshold ${valueText(threshold)}`]),
    ...(event.eventType === THRESHOLD ? [] : before(event)),
    ...makersBytes(event),
  ];
  return {
    subject: `${event.sensorTypeText}${name} (${hexByte(event.sensorNumber)})`,
    sensorName: facts?.name,
    event: texts.join(', '),
    reading,
    threshold,
  };
}

function valueOf(raw: number | undefined, facts: SensorFacts | undefined): EventValue | undefined {
  if (raw === undefined) return undefined;
  const value = facts?.convert?.(raw);
  return { raw, value, unit: value === undefined ? undefined : facts?.unit };
}

function valueText({ raw, value, unit }: EventValue): string {
  if (value === undefined) return `${hexByte(raw)} (raw)`;
  const rounded = Number(value.toFixed(3));
  return unit === undefined ? String(rounded) : `${rounded} ${unit}`;
}

/** The state before a discrete event, and its severity, if byte 2 has them. */
function before({ sensorType, eventType, eventData }: SensorEvent): readonly string[] {
  const [data1 = 0, data2 = 0] = eventData;
  if (data1 >> 6 !== STATE_IN_BYTE_2) return [];
  const [severity, state] = [data2 >> 4, data2 & 0x0f];
  const texts = [];
  if (state !== UNSPECIFIED) {
    texts.push(`before: ${describeState(sensorType, eventType, state).text}`);
  }
  if (severity !== UNSPECIFIED) {
    texts.push(`severity: ${describeState(sensorType, SEVERITY_TYPE, severity).text}`);
  }
  return texts;
}

/** The bytes that only the maker can read. */
function makersBytes({ eventData }: SensorEvent): readonly string[] {
  const [data1 = 0, data2 = 0, data3 = 0] = eventData;
  return [
    ...(data1 >> 6 === OEM_CODE ? [`OEM data 2 ${hexByte(data2)}`] : []),
    ...(((data1 >> 4) & 3) === OEM_CODE ? [`OEM data 3 ${hexByte(data3)}`] : []),
  ];
}

function hexBytes(data: Uint8Array): string {
  return Array.from(data, digits).join(' ');
}

function digits(value: number): string {
  return value.toString(16).padStart(2, '0');
}
