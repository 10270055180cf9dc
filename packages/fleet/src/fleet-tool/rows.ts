/** The columns of sensors and of records of the event log, as `ipmi-bt` has them in its tables. */

import type { JsonObject } from '../fleet/transport.ts';

const HEX = 16;
const ID_DIGITS = 4;
const MS_PER_S = 1000;

/** The row of an item of a list; one of another kind is its own row. */
export function rowOf(item: JsonObject): JsonObject {
  switch (item['kind']) {
    case 'sensor':
      return sensorRow(item);
    case 'entry':
      return entryRow(item);
    case 'error':
      return errorRow(item);
    default:
      return item;
  }
}

function sensorRow({ key, name, value, unit, status, states }: JsonObject): JsonObject {
  return { key, name, reading: value, unit, status, states: textsOf(states) };
}

function entryRow({ id, record, words }: JsonObject): JsonObject {
  const { timestamp, severity, direction } = objectOf(record);
  const { subject, event } = objectOf(words);
  return { id: idText(id), time: timeText(timestamp), severity, subject, direction, event };
}

/** An item that could not be read has its record, and the reason. */
function errorRow({ id, recordId, error }: JsonObject): JsonObject {
  const { message } = objectOf(error);
  return { id: idText(id ?? recordId), error: message ?? error };
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : {};
}

function idText(id: unknown): unknown {
  return typeof id === 'number' ? `0x${id.toString(HEX).padStart(ID_DIGITS, '0')}` : id;
}

/** Seconds since 1970, as the BMC's clock has them; anything else as it is. */
function timeText(seconds: unknown): unknown {
  const date = typeof seconds === 'number' ? new Date(seconds * MS_PER_S) : undefined;
  if (date === undefined || Number.isNaN(date.getTime())) return seconds;
  return date.toISOString().replace('.000Z', 'Z');
}

/** States are objects with a text, or texts. */
function textsOf(states: unknown): unknown {
  if (!Array.isArray(states)) return states;
  const texts = (states as readonly unknown[]).map((state) => objectOf(state)['text'] ?? state);
  return texts.join(', ');
}
