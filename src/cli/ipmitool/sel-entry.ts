/** Entries of the SEL (IPMI 2.0 §32) as `ipmitool sel` prints them. */

import { SINCE_START_MAX_S } from '../../ipmi/bmc-time.ts';
import { decodeFront } from '../../ipmi/codec.ts';
import { EVENT_RECORD_BYTES, OEM_WITHOUT_TIME, OEM_WITH_TIME } from '../../ipmi/event-record.ts';
import { SENSOR_SPECIFIC, THRESHOLD } from '../../ipmi/generic-events.ts';
import { SDR_HEADER_BYTES } from '../../ipmi/sdr-record.ts';
import { FULL_SENSOR } from '../../ipmi/sdr-sensor.ts';
import { dateText, timeText } from './bmc-times.ts';
import { cString, hex } from './c-text.ts';
import { eventWords, plainWords } from './makers-events.ts';
import type { EventWords } from './makers-events.ts';
import type { Entry as SdrEntry } from './sdr-repository.ts';
import { unitsText, valueOf, valueText } from './sensor-value.ts';
import type { Scale } from './sensor-value.ts';
import type { Session } from './session.ts';

/** Record type of an entry that Linux writes when it panics. */
export const PANIC = 0xf0;

/** Type of sensor: memory. */
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

/** An entry, and the words for it. */
export interface WordedEntry extends SelEntry {
  readonly words: EventWords;
}

/** Finds the words for an entry, for which the BMC may have to be asked. */
export async function withWords(session: Session, entry: SelEntry): Promise<WordedEntry> {
  const words = isEvent(entry) ? await eventWords(session, entry) : plainWords(entry);
  return { ...entry, words };
}

/** Reads an entry of a file, or of memory. */
export function selEntry(bytes: Uint8Array): SelEntry {
  const all = new Uint8Array(EVENT_RECORD_BYTES);
  all.set(bytes.subarray(0, EVENT_RECORD_BYTES));
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
  const all = new Uint8Array(EVENT_RECORD_BYTES);
  all.set(bytes.subarray(0, EVENT_RECORD_BYTES));
  const [, , type = 0] = all;
  if (type >= OEM_WITH_TIME && type < OEM_WITHOUT_TIME) {
    all.set([...all.subarray(7, 10)].reverse(), 7);
  }
  return selEntry(all);
}

/** True for an event of a sensor. */
export function isEvent({ type }: SelEntry): boolean {
  return type < OEM_WITH_TIME;
}

/** A line; `sensor` is the record of the sensor, where it is to be named. */
export function entryLine(entry: WordedEntry, csv: boolean, sensor?: SdrEntry): string {
  const { id, type } = entry;
  const bar = csv ? ',' : ' | ';
  const head = csv ? `${id.toString(16)},` : `${id.toString(16).padStart(4)} | `;
  if (type === PANIC) return `${head}${csv ? ',,' : ''}Linux kernel panic: ${panicText(entry)}\n`;
  const start = `${head}${timeColumns(entry, csv)}`;
  if (type >= OEM_WITH_TIME) {
    return `${start}OEM record ${hex(type)}${bar}${oemColumns(entry, bar)}\n`;
  }
  const columns = [
    sensorText(entry, sensor),
    entry.words.event ?? '',
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
  if (seconds < SINCE_START_MAX_S) {
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

function sensorText({ words, sensor }: WordedEntry, found: SdrEntry | undefined): string {
  const { sensorType: type } = words;
  if (found !== undefined && 'name' in found.record) {
    return `${type} ${cString(found.record.name.bytes)}`;
  }
  return sensor === 0 ? type : `${type} #0x${hex(sensor)}`;
}

/** The reading and the threshold of an event, or the memory module. */
function detailOf(entry: WordedEntry, found: SdrEntry | undefined): readonly string[] {
  const { eventType, data } = entry;
  if (found !== undefined && eventType === THRESHOLD) {
    return [crossing(entry, scaleOf(found))];
  }
  const isModule = eventType === SENSOR_SPECIFIC && hasModule(entry) && entry.words.hasModule;
  return isModule ? [moduleText(data)] : [];
}

/** True for an event that tells a memory module in its data. */
export function hasModule({ sensorType, sensor, data: [data1] }: SelEntry): boolean {
  return sensorType === MEMORY && sensor === 0 && (data1 & 0x30) === 0x20;
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
