/**
 * Decodes an event record, the 16 bytes of an SEL entry (IPMI 2.0 §32.1), with texts of this
 * library. The severity is that of the state that was asserted; a state that was deasserted, or is
 * unknown, is information.
 */

import { hexByte } from './hex.ts';
import { bmcTime } from './bmc-time.ts';
import { eventDetail } from './event-details.ts';
import { GENERIC_EVENTS, SENSOR_SPECIFIC, THRESHOLD } from './generic-events.ts';
import { SENSORS } from './sensor-events.ts';

export type Severity = 'information' | 'warning' | 'critical' | 'non-recoverable';

/** Fields of every record. */
interface AnyRecord {
  /** `undefined` for 0x0000 and 0xffff, which are no record's. */
  readonly recordId: number | undefined;
  readonly recordType: number;
  /**
   * Seconds since 1970 by the BMC's clock; `undefined` when the BMC gives no date (§37.1): for a
   * record that is not in the log yet, for an unspecified time, and for one counted from its start.
   */
  readonly timestamp: number | undefined;
  /** Seconds since the BMC was started, while its clock was not set; else `undefined`. */
  readonly secondsSinceStart: number | undefined;
  /** All 16 bytes. */
  readonly raw: Uint8Array;
}

/** An event of a sensor: record type 0x02. */
export interface SensorEvent extends AnyRecord {
  readonly format: 'sensor';
  /** Bit 0 is 0: bits 7:1 are an IPMB address; 1: a software ID. Channel and LUN above (§32.1). */
  readonly generatorId: number;
  readonly evmRevision: number;
  readonly sensorType: number;
  readonly sensorTypeText: string;
  readonly sensorNumber: number;
  readonly direction: 'asserted' | 'deasserted';
  /** 0x01 threshold, 0x02..0x0c generic, 0x6f specific to the sensor type, 0x70..0x7f OEM. */
  readonly eventType: number;
  /** The event's number within its type. */
  readonly eventOffset: number;
  /** The event in words, with `detailText` at its end. */
  readonly eventText: string;
  /** Event data 2 and 3 in words, by table 42-3; `undefined` when they say nothing. */
  readonly detailText: string | undefined;
  readonly severity: Severity;
  /** Event data 1 to 3. */
  readonly eventData: Uint8Array;
  /** Of a threshold event, if the BMC gives it: a raw value, to be converted by the SDR. */
  readonly reading: number | undefined;
  readonly threshold: number | undefined;
}

/** A record whose bytes only the manufacturer can read: record types 0xc0 to 0xff. */
export interface OemRecord extends AnyRecord {
  readonly format: 'oem';
  /** IANA's number of the manufacturer; undefined for types from 0xe0 on, which lack it. */
  readonly manufacturerId: number | undefined;
  /** The manufacturer's own bytes: 6, or 13 for types from 0xe0 on (§32.2, §32.3). */
  readonly oemData: Uint8Array;
}

/** A record of a type that the specification reserves: nothing but its number and type is known. */
export interface ReservedRecord extends AnyRecord {
  readonly format: 'reserved';
}

export type EventRecord = SensorEvent | OemRecord | ReservedRecord;

export const EVENT_RECORD_BYTES = 16;

/** Record type of an event of a sensor. */
export const SYSTEM_EVENT = 0x02;

/** The first record types of OEM records, with a time and without. */
export const OEM_WITH_TIME = 0xc0;
export const OEM_WITHOUT_TIME = 0xe0;

const RECORD_ID_LAST = 0xffff;

const DEASSERTED = 0x80;

/** Event data 1, bits 7:6 and 5:4: bytes 2 and 3 are as table 42-3 has them (table 29-6). */
const DETAIL_IN_BYTE_2 = 0xc0;
const DETAIL_IN_BYTE_3 = 0x30;

/** Event data 1, bits 7:6 and 5:4: bytes 2 and 3 are the reading and the threshold (table 29-6). */
const READING_IN_BYTE_2 = 0x40;
const THRESHOLD_IN_BYTE_3 = 0x10;

const SEVERITIES: Readonly<Record<string, Severity>> = {
  i: 'information',
  w: 'warning',
  c: 'critical',
  n: 'non-recoverable',
};

/** Decodes the 16 bytes of a record. */
export function decodeEventRecord(bytes: Uint8Array): EventRecord {
  const raw = Uint8Array.from(bytes.subarray(0, EVENT_RECORD_BYTES));
  const view = new DataView(bytes.buffer, bytes.byteOffset, EVENT_RECORD_BYTES);
  const recordType = view.getUint8(2);
  const recordId = view.getUint16(0, true);
  const common = {
    recordId: recordId === 0 || recordId === RECORD_ID_LAST ? undefined : recordId,
    recordType,
    ...timeOf(hasTime(recordType) ? view.getUint32(3, true) : 0),
    raw,
  };
  if (recordType === SYSTEM_EVENT)
    return { format: 'sensor', ...common, ...decodeSensorEvent(view) };
  if (recordType < OEM_WITH_TIME) return { format: 'reserved', ...common };
  return { format: 'oem', ...common, ...oemPartOf(recordType, view, raw) };
}

/** The manufacturer and its bytes, behind the type and the time where there is one. */
function oemPartOf(
  recordType: number,
  view: DataView,
  raw: Uint8Array,
): Pick<OemRecord, 'manufacturerId' | 'oemData'> {
  if (recordType >= OEM_WITHOUT_TIME) return { manufacturerId: undefined, oemData: raw.slice(3) };
  const manufacturerId = view.getUint16(7, true) | (view.getUint8(9) << 16);
  return { manufacturerId, oemData: raw.slice(10) };
}

function hasTime(recordType: number): boolean {
  const isOem = recordType >= OEM_WITH_TIME && recordType < OEM_WITHOUT_TIME;
  return recordType === SYSTEM_EVENT || isOem;
}

/** 0 is the time of a record that the log has not taken yet. */
function timeOf(seconds: number): Pick<AnyRecord, 'timestamp' | 'secondsSinceStart'> {
  const { kind } = bmcTime(seconds);
  return {
    timestamp: kind === 'date' ? seconds : undefined,
    secondsSinceStart: kind === 'since-start' && seconds > 0 ? seconds : undefined,
  };
}

function decodeSensorEvent(view: DataView): Omit<SensorEvent, 'format' | keyof AnyRecord> {
  const [sensorType, typeByte, data1] = [view.getUint8(10), view.getUint8(12), view.getUint8(13)];
  const isDeasserted = (typeByte & DEASSERTED) !== 0;
  const eventType = typeByte & 0x7f;
  const eventOffset = data1 & 0x0f;
  const { text, severity } = describeState(sensorType, eventType, eventOffset);
  const detail = eventType === SENSOR_SPECIFIC ? detailOf(view) : undefined;
  const isThreshold = eventType === THRESHOLD;
  const hasReading = isThreshold && (data1 & 0xc0) === READING_IN_BYTE_2;
  const hasThreshold = isThreshold && (data1 & 0x30) === THRESHOLD_IN_BYTE_3;
  return {
    generatorId: view.getUint16(7, true),
    evmRevision: view.getUint8(9),
    sensorType,
    sensorTypeText: sensorTypeText(sensorType),
    sensorNumber: view.getUint8(11),
    direction: isDeasserted ? 'deasserted' : 'asserted',
    eventType,
    eventOffset,
    eventText: detail === undefined ? text : `${text}: ${detail}`,
    detailText: detail,
    severity: isDeasserted ? 'information' : severity,
    eventData: Uint8Array.of(data1, view.getUint8(14), view.getUint8(15)),
    reading: hasReading ? view.getUint8(14) : undefined,
    threshold: hasThreshold ? view.getUint8(15) : undefined,
  };
}

function detailOf(view: DataView): string | undefined {
  const [sensorType, data1] = [view.getUint8(10), view.getUint8(13)];
  const has2 = (data1 & 0xc0) === DETAIL_IN_BYTE_2;
  const has3 = (data1 & 0x30) === DETAIL_IN_BYTE_3;
  return eventDetail(sensorType, data1 & 0x0f, {
    data2: has2 ? view.getUint8(14) : undefined,
    data3: has3 ? view.getUint8(15) : undefined,
  });
}

/** A state of a sensor in words, by the tables 42-2 and 42-3. */
export function describeState(
  sensorType: number,
  eventType: number,
  offset: number,
): { readonly text: string; readonly severity: Severity } {
  const isSpecific = eventType === SENSOR_SPECIFIC;
  const events = isSpecific ? SENSORS[sensorType]?.[1] : GENERIC_EVENTS[eventType];
  const entry = events?.split('|')[offset] ?? '';
  if (entry === '') {
    const text = `${unnamed('event type', eventType)} offset ${offset}`;
    return { text, severity: 'information' };
  }
  return { text: entry.slice(2), severity: SEVERITIES[entry.charAt(0)] ?? 'information' };
}

/** The type of a sensor in words. */
export function sensorTypeText(sensorType: number): string {
  return SENSORS[sensorType]?.[0] ?? unnamed('sensor type', sensorType);
}

function unnamed(what: string, value: number): string {
  return `${what} ${hexByte(value)}`;
}
