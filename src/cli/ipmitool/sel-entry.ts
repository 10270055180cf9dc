/** Entries of the SEL (IPMI 2.0 §32) as `ipmitool sel` prints them. */

import { decodeFront } from '../../ipmi/codec.ts';
import { FULL_SENSOR } from '../../ipmi/sdr-sensor.ts';
import { dateText, timeText } from './bmc-times.ts';
import { cString, hex } from './c-text.ts';
import { eventName, sensorTypeName } from './event-words.ts';
import type { Entry as SdrEntry } from './sdr-repository.ts';
import { unitsText, valueOf, valueText } from './sensor-value.ts';
import type { Scale } from './sensor-value.ts';

export const ENTRY_BYTES = 16;

/** Bytes in front of the body of a sensor data record. */
const SDR_HEADER_BYTES = 5;

/** Record types of OEM records with a time, and without. */
const OEM = 0xc0;
const OEM_WITHOUT_TIME = 0xe0;

/** An entry that Linux writes when it panics. */
const PANIC = 0xf0;

/** Times before this one are from before the clock was set. */
const PRE_INIT = 0x2000_0000;

const THRESHOLD = 0x01;
const SENSOR_SPECIFIC = 0x6f;
const MEMORY = 0x0c;

/** Digits behind the point of a reading. */
const DIGITS = 2;

/** The fields of an entry. */
export interface SelEntry {
  readonly id: number;
  readonly type: number;
  readonly seconds: number;
  readonly generator: number;
  readonly version: number;
  readonly sensorType: number;
  readonly sensor: number;
  readonly eventType: number;
  readonly isDeasserted: boolean;
  readonly data: readonly [number, number, number];
  /** All 16 bytes, as ipmitool keeps them. */
  readonly bytes: Uint8Array;
}

/** Reads an entry of a file, or of memory. */
export function selEntry(bytes: Uint8Array): SelEntry {
  const all = new Uint8Array(ENTRY_BYTES);
  all.set(bytes.subarray(0, ENTRY_BYTES));
  const view = new DataView(all.buffer);
  const [direction] = [view.getUint8(12)];
  return {
    id: view.getUint16(0, true),
    type: view.getUint8(2),
    seconds: view.getUint32(3, true),
    generator: view.getUint16(7, true),
    version: view.getUint8(9),
    sensorType: view.getUint8(10),
    sensor: view.getUint8(11),
    eventType: direction & 0x7f,
    isDeasserted: (direction & 0x80) !== 0,
    data: [view.getUint8(13), view.getUint8(14), view.getUint8(15)],
    bytes: all,
  };
}

/** Reads an entry that a BMC sent: of OEM records ipmitool keeps the maker's bytes reversed. */
export function receivedEntry(bytes: Uint8Array): SelEntry {
  const all = new Uint8Array(ENTRY_BYTES);
  all.set(bytes.subarray(0, ENTRY_BYTES));
  const [, , type = 0] = all;
  if (type >= OEM && type < OEM_WITHOUT_TIME) all.set([...all.subarray(7, 10)].reverse(), 7);
  return selEntry(all);
}

/** True for an event of a sensor. */
export function isEvent({ type }: SelEntry): boolean {
  return type < OEM;
}

/** A line; `sensor` is the record of the sensor, where it is to be named. */
export function entryLine(entry: SelEntry, csv: boolean, sensor?: SdrEntry): string {
  const { id, type } = entry;
  const bar = csv ? ',' : ' | ';
  const head = csv ? `${id.toString(16)},` : `${id.toString(16).padStart(4)} | `;
  if (type === PANIC) return `${head}${csv ? ',,' : ''}Linux kernel panic: ${panicText(entry)}\n`;
  const start = `${head}${timeColumns(entry, csv)}`;
  if (type >= OEM) return `${start}OEM record ${hex(type)}${bar}${oemColumns(entry, bar)}\n`;
  const columns = [
    sensorText(entry, sensor),
    eventName({ ...entry }) ?? '',
    entry.isDeasserted ? 'Deasserted' : 'Asserted',
    ...detailOf(entry, sensor),
  ];
  return `${start}${columns.join(bar)}\n`;
}

function panicText({ bytes }: SelEntry): string {
  return cString(bytes.subarray(5));
}

function timeColumns({ type, seconds }: SelEntry, csv: boolean): string {
  if (type >= OEM_WITHOUT_TIME) return csv ? ',,' : '';
  if (seconds < PRE_INIT) {
    const count = String(seconds).padStart(10, '0');
    return csv ? ` Pre-Init ,${count},` : ` Pre-Init  |${count}| `;
  }
  const bar = csv ? ',' : ' | ';
  return `${dateText(seconds)}${bar}${timeText(seconds)}${bar}`;
}

function oemColumns({ type, bytes }: SelEntry, bar: string): string {
  if (type >= OEM_WITHOUT_TIME) return digitsOf(bytes.subarray(3));
  return `${digitsOf(bytes.subarray(7, 10))}${bar}${digitsOf(bytes.subarray(10))}`;
}

function digitsOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function sensorText({ sensorType, sensor }: SelEntry, found: SdrEntry | undefined): string {
  const type = sensorTypeName(sensorType);
  if (found !== undefined && 'name' in found.record) {
    return `${type} ${cString(found.record.name.bytes)}`;
  }
  return sensor === 0 ? type : `${type} #0x${hex(sensor)}`;
}

/** The reading and the threshold of an event, or the memory module. */
function detailOf(entry: SelEntry, found: SdrEntry | undefined): readonly string[] {
  const { eventType, data, sensorType, sensor } = entry;
  const [data1, data2, data3] = data;
  if (found !== undefined && eventType === THRESHOLD) {
    return [crossing(entry, scaleOf(found))];
  }
  const isModule = sensorType === MEMORY && sensor === 0 && (data1 & 0x30) === 0x20;
  if (eventType !== SENSOR_SPECIFIC || !isModule) return [];
  return [moduleText([data1, data2, data3])];
}

/** The memory module of an event of a processor's sensor. */
export function moduleText([, , data3]: readonly [number, number, number]): string {
  return `CPU ${data3 & 0x0f} DIMM ${data3 >> 4}`;
}

function crossing({ data, isDeasserted }: SelEntry, scale: Scale): string {
  const [data1, data2, data3] = data;
  const has = (shift: number): boolean => ((data1 >> shift) & 3) === 1;
  const reading = Math.fround(has(6) ? valueOf(scale, data2) : 0);
  const text = `Reading ${valueText(reading, DIGITS)}`;
  if (!has(4)) return text;
  const threshold = Math.fround(valueOf(scale, data3));
  const isRising = (data1 & 1) !== 0;
  const sign = isRising === isDeasserted ? '<' : '>';
  return `${text} ${sign} Threshold ${valueText(threshold, DIGITS)} ${unitsText(scale.units)}`;
}

/** The scale of a record; ipmitool takes any record of a sensor for a full one. */
export function scaleOf({ bytes, record }: SdrEntry): Scale {
  if (record.kind === 'full') return record;
  const body = new Uint8Array(bytes.length + SPARE_BYTES);
  body.set(bytes.subarray(SDR_HEADER_BYTES));
  return decodeFront(FULL_SENSOR, body);
}

/** Bytes of a full record that others have not. */
const SPARE_BYTES = 64;
