/** Entries of the SEL as lines: for people, and as JSON. */

import type { BmcTime, EventRecord, SelItem } from '../commands/index.ts';
import { isoDate, timeText } from './bmc-date.ts';
import type { DateStyle } from './bmc-date.ts';
import { SEL_ENTRY_ERROR_SCHEMA, SEL_ENTRY_SCHEMA } from './schemas/sel.ts';
import { schemaLine } from './schemas/schema.ts';

type Entry = Extract<SelItem, { readonly kind: 'entry' }>;

/** One entry as a line of columns. */
export function selLine(item: SelItem, style: DateStyle): string {
  const id = hexId(item.id);
  if (item.kind === 'error') return `${id} | error | ${item.error.message}\n`;
  const { record, words } = item;
  const state = record.format === 'sensor' ? [record.severity, record.direction] : ['', ''];
  const [severity = '', direction = ''] = state;
  const cells = [id, timeText(timeOf(record), style), severity, words.subject, direction];
  return `${[...cells.filter((cell) => cell !== ''), words.event].join(' | ')}\n`;
}

/** One entry as an object of its schema. */
export function selJson(item: SelItem, style: DateStyle): string {
  const id = hexId(item.id);
  if (item.kind === 'entry')
    return schemaLine(SEL_ENTRY_SCHEMA, { id, ...entryFields(item, style) });
  const { code, completionCode, message } = item.error;
  const fields = { id, code, completion_code: completionCode ?? null, message };
  return schemaLine(SEL_ENTRY_ERROR_SCHEMA, fields);
}

/** Four digits, because `sel list` of some tools prints decimal numbers. */
export function hexId(id: number): string {
  return `0x${id.toString(16).padStart(4, '0')}`;
}

function timeOf({ timestamp, secondsSinceStart }: EventRecord): BmcTime {
  if (timestamp !== undefined) return { kind: 'date', seconds: timestamp };
  if (secondsSinceStart === undefined) return { kind: 'unspecified' };
  return { kind: 'since-start', seconds: secondsSinceStart };
}

function entryFields({ record, words }: Entry, style: DateStyle) {
  const sensor = record.format === 'sensor' ? record : undefined;
  const { reading, threshold } = words;
  return {
    format: record.format,
    record_type: record.recordType,
    time: isoDate(timeOf(record), style) ?? null,
    timestamp_seconds: record.timestamp ?? null,
    utc_offset_minutes: style.utcOffsetMinutes ?? null,
    seconds_since_start: record.secondsSinceStart ?? null,
    severity: sensor?.severity ?? null,
    direction: sensor?.direction ?? null,
    generator_id: sensor?.generatorId ?? null,
    sensor_type: sensor?.sensorType ?? null,
    sensor_type_text: sensor?.sensorTypeText ?? null,
    sensor_number: sensor?.sensorNumber ?? null,
    sensor_name: words.sensorName ?? null,
    event_type: sensor?.eventType ?? null,
    event_offset: sensor?.eventOffset ?? null,
    event_text: words.event,
    reading: reading?.value ?? null,
    reading_unit: reading?.unit ?? null,
    reading_raw: reading?.raw ?? null,
    threshold: threshold?.value ?? null,
    threshold_unit: threshold?.unit ?? null,
    threshold_raw: threshold?.raw ?? null,
    manufacturer_id: (record.format === 'oem' ? record.manufacturerId : undefined) ?? null,
    raw: [...record.raw],
  };
}
