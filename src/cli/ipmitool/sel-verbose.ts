/** Entries of the SEL as `ipmitool -v sel list` and `sel get` print them. */

import { OEM_WITHOUT_TIME, OEM_WITH_TIME } from '../../ipmi/event-record.ts';
import { SENSOR_SPECIFIC, THRESHOLD } from '../../ipmi/generic-events.ts';
import { dateText } from './bmc-times.ts';
import { cString, fixed, hex } from './c-text.ts';
import type { Entry as SdrEntry } from './sdr-repository.ts';
import { PANIC, hasModule, moduleText, scaleOf } from './sel-entry.ts';
import type { SelEntry, WordedEntry } from './sel-entry.ts';
import { unitsText, valueOf } from './sensor-value.ts';
import type { Scale } from './sensor-value.ts';

const DIGITS = 3;

/** The lines of an entry. */
export function entryLines(entry: WordedEntry): string {
  const { type } = entry;
  if (type === PANIC) return panicLines(entry);
  const kind = type < OEM_WITH_TIME ? '' : oemKind(type);
  const head = `${idLine(entry)} Record Type           : ${hex(type)}${kind}\n${timeLine(entry)}`;
  if (type >= OEM_WITH_TIME) return head + oemLines(entry);
  return (
    `${head}${eventLines(entry)} Event Data            : ${dataText(entry)}\n` +
    descriptionLines(entry)
  );
}

function oemKind(type: number): string {
  return type < OEM_WITHOUT_TIME ? '  (OEM timestamped)' : '  (OEM non-timestamped)';
}

function idLine({ id }: SelEntry): string {
  return `SEL Record ID          : ${hex(id, 4)}\n`;
}

/** The lines of an entry whose sensor is known. */
export function knownEntryLines(entry: WordedEntry, sensor: SdrEntry): string {
  const { type } = entry;
  if (type === PANIC) return panicLines(entry);
  return (
    `${idLine(entry)} Record Type           : ${hex(type)}\n` +
    `${timeLine(entry)}${eventLines(entry)} Event Data (RAW)      : ${dataText(entry)}\n` +
    `${dataLines(entry, sensor)}${descriptionLines(entry)}`
  );
}

function panicLines(entry: SelEntry): string {
  return (
    `${idLine(entry)} Record Type           : Linux kernel panic (OEM record ${hex(entry.type)})\n` +
    ` Panic string          : ${cString(entry.bytes.subarray(5))}\n\n`
  );
}

/** ipmitool prints the date in place of the time of day, too. */
function timeLine({ type, seconds }: SelEntry): string {
  if (type >= OEM_WITHOUT_TIME) return '';
  return ` Timestamp             : ${dateText(seconds)} ${dateText(seconds)}\n`;
}

function oemLines({ type, bytes }: SelEntry): string {
  const data = bytes.subarray(type < OEM_WITHOUT_TIME ? 10 : 3);
  const maker = Buffer.from(bytes.subarray(7, 10)).toString('hex');
  return (
    (type < OEM_WITHOUT_TIME ? ` Manufactacturer ID    : ${maker}\n` : '') +
    ` OEM Defined           : ${Buffer.from(data).toString('hex')} [${letters(data)}]\n\n`
  );
}

/** Letters as they are, and a dot for each other byte. */
function letters(bytes: Uint8Array): string {
  const isLetter = (byte: number): boolean => byte >= 0x40 && byte <= 0x7e;
  return Array.from(bytes, (byte) => (isLetter(byte) ? String.fromCharCode(byte) : '.')).join('');
}

function eventLines(entry: WordedEntry): string {
  const { generator, version, words, sensor, eventType, isDeasserted } = entry;
  return (
    ` Generator ID          : ${hex(generator, 4)}\n` +
    ` EvM Revision          : ${hex(version)}\n` +
    ` Sensor Type           : ${words.sensorType}\n` +
    ` Sensor Number         : ${hex(sensor)}\n` +
    ` Event Type            : ${eventTypeText(eventType)}\n` +
    ` Event Direction       : ${isDeasserted ? 'Deassertion' : 'Assertion'} Event\n`
  );
}

function eventTypeText(eventType: number): string {
  if (eventType === 0) return 'Unspecified';
  if (eventType === THRESHOLD) return 'Threshold';
  if (eventType <= 0x0b) return 'Generic Discrete';
  if (eventType === SENSOR_SPECIFIC) return 'Sensor-specific Discrete';
  return eventType >= 0x70 ? 'OEM' : 'Reserved';
}

function dataText({ data }: SelEntry): string {
  return data.map((byte) => hex(byte)).join('');
}

function descriptionLines(entry: WordedEntry): string {
  return ` Description           : ${entry.words.event ?? ''}\n\n`;
}

/** Event data by the type of the event (table 29-6). */
function dataLines(entry: SelEntry, sensor: SdrEntry): string {
  const { eventType, sensorType, data } = entry;
  const isFull = sensor.record.kind === 'full';
  if (eventType === THRESHOLD && isFull) return thresholdLines(entry, scaleOf(sensor));
  if (eventType >= 0x02 && eventType <= 0x0c) return '';
  if (eventType >= 0x70) return '';
  if (eventType !== SENSOR_SPECIFIC) return ` Event Data            : ${dataText(entry)}\n`;
  const [data1] = data;
  if (hasModule(entry)) return ` Event Data            : ${moduleText(data)}\n`;
  const isVersion = sensorType === 0x2b && data1 === 0xc1;
  return isVersion ? '' : ' Event Interpretation  : Missing\n';
}

function thresholdLines({ data }: SelEntry, scale: Scale): string {
  const [data1, data2, data3] = data;
  return (
    byteLine((data1 >> 6) & 3, data2, { scale, title: 'Trigger Reading' }) +
    byteLine((data1 >> 4) & 3, data3, { scale, title: 'Trigger Threshold' })
  );
}

/** A byte of event data; `use` is 0 nothing, 1 a value, 2 of the maker, 3 of the type. */
function byteLine(
  use: number,
  byte: number,
  { scale, title }: { readonly scale: Scale; readonly title: string },
): string {
  if (use === 0) return '';
  if (use === 2) return ` OEM Data              : ${hex(byte)}\n`;
  if (use === 3) return ` Sensor Extension Code : ${hex(byte)}\n`;
  const value = fixed(valueOf(scale, byte), DIGITS);
  return ` ${title.padEnd(21)} : ${value}${unitsText(scale.units)}\n`;
}
