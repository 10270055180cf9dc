/**
 * Decodes an event record, the 16 bytes of an SEL entry (IPMI 2.0 §32.1), with texts of this
 * library. The severity is that of the state that was asserted; a state that was deasserted, or is
 * unknown, is information.
 */

import { GENERIC_EVENTS, SENSOR_SPECIFIC, THRESHOLD } from './generic-events.ts';
import { SENSORS } from './sensor-events.ts';

export type Severity = 'information' | 'warning' | 'critical' | 'non-recoverable';

/** Fields of every record. */
interface AnyRecord {
  readonly recordId: number;
  readonly recordType: number;
  /** Seconds since 1970 by the BMC's clock; `undefined` for a record that is not in the log yet. */
  readonly timestamp: number | undefined;
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
  readonly eventText: string;
  readonly severity: Severity;
  /** Event data 1 to 3. */
  readonly eventData: Uint8Array;
  /** Of a threshold event, if the BMC gives it: a raw value, to be converted by the SDR. */
  readonly reading: number | undefined;
  readonly threshold: number | undefined;
}

/** A record whose bytes only the manufacturer can read: any other record type. */
export interface OemRecord extends AnyRecord {
  readonly format: 'oem';
}

export type EventRecord = SensorEvent | OemRecord;

export const EVENT_RECORD_BYTES = 16;

const SYSTEM_EVENT = 0x02;

/** From here on records carry no time. */
const OEM_WITHOUT_TIME = 0xe0;

const DEASSERTED = 0x80;

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
  const seconds = recordType < OEM_WITHOUT_TIME ? view.getUint32(3, true) : 0;
  const timestamp = seconds === 0 ? undefined : seconds;
  const common = { recordId: view.getUint16(0, true), recordType, timestamp, raw };
  return recordType === SYSTEM_EVENT
    ? { format: 'sensor', ...common, ...decodeSensorEvent(view) }
    : { format: 'oem', ...common };
}

function decodeSensorEvent(view: DataView): Omit<SensorEvent, 'format' | keyof AnyRecord> {
  const [sensorType, typeByte, data1] = [view.getUint8(10), view.getUint8(12), view.getUint8(13)];
  const isDeasserted = (typeByte & DEASSERTED) !== 0;
  const eventType = typeByte & 0x7f;
  const eventOffset = data1 & 0x0f;
  const { text, severity } = describe(sensorType, eventType, eventOffset);
  const isThreshold = eventType === THRESHOLD;
  const hasReading = isThreshold && (data1 & 0xc0) === READING_IN_BYTE_2;
  const hasThreshold = isThreshold && (data1 & 0x30) === THRESHOLD_IN_BYTE_3;
  return {
    generatorId: view.getUint16(7, true),
    evmRevision: view.getUint8(9),
    sensorType,
    sensorTypeText: SENSORS[sensorType]?.[0] ?? unnamed('sensor type', sensorType),
    sensorNumber: view.getUint8(11),
    direction: isDeasserted ? 'deasserted' : 'asserted',
    eventType,
    eventOffset,
    eventText: text,
    severity: isDeasserted ? 'information' : severity,
    eventData: Uint8Array.of(data1, view.getUint8(14), view.getUint8(15)),
    reading: hasReading ? view.getUint8(14) : undefined,
    threshold: hasThreshold ? view.getUint8(15) : undefined,
  };
}

function describe(
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

function unnamed(what: string, value: number): string {
  return `${what} 0x${value.toString(16).padStart(2, '0')}`;
}
