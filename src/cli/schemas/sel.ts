/** JSON of `ipmi-bt sel`. */

import { Type } from 'typebox';

import { nullable, outputSchema } from './schema.ts';

const integer = () => nullable(Type.Integer());
const number = () => nullable(Type.Number());
const text = (description: string) => nullable(Type.String({ description }));

export const SEL_INFO_SCHEMA = outputSchema(
  'sel-info',
  'size and state of the system event log (IPMI 2.0 §31.2, §31.3)',
  {
    sel_version: Type.String(),
    entries: Type.Integer(),
    free_bytes: Type.Integer({ description: '65535: so many or more' }),
    last_add: text('RFC 3339 in UTC'),
    last_erase: text('RFC 3339 in UTC'),
    overflow: Type.Boolean(),
    supported: Type.Array(Type.String()),
    allocation_units: integer(),
    allocation_unit_bytes: integer(),
    free_units: integer(),
    largest_free_block_units: integer(),
    record_units_max: integer(),
  },
);

export const SEL_ENTRY_SCHEMA = outputSchema('sel-entry', 'an entry of the system event log', {
  id: Type.String({ description: 'number of the entry, hexadecimal with 0x' }),
  format: Type.String({ description: 'sensor, oem or reserved' }),
  record_type: Type.Integer(),
  time: text('RFC 3339 in UTC, or in local time with --local; null if the entry has no date'),
  timestamp_seconds: integer(),
  utc_offset_minutes: integer(),
  seconds_since_start: integer(),
  severity: text('information, warning, critical or non-recoverable'),
  direction: text('asserted or deasserted'),
  generator_id: integer(),
  sensor_type: integer(),
  sensor_type_text: text('name of the sensor type'),
  sensor_number: integer(),
  sensor_name: text('name of the sensor, where its record is known'),
  event_type: integer(),
  event_offset: integer(),
  event_text: Type.String(),
  reading: number(),
  reading_unit: text('unit of reading'),
  reading_raw: integer(),
  threshold: number(),
  threshold_unit: text('unit of threshold'),
  threshold_raw: integer(),
  manufacturer_id: integer(),
  raw: Type.Array(Type.Integer(), { description: 'the 16 bytes' }),
});

export const SEL_ENTRY_ERROR_SCHEMA = outputSchema(
  'sel-entry-error',
  'an entry of the system event log that could not be read',
  {
    id: Type.String({ description: 'number of the entry, hexadecimal with 0x' }),
    code: Type.String(),
    completion_code: integer(),
    message: Type.String(),
  },
);

export const SEL_CLEAR_SCHEMA = outputSchema('sel-clear', 'the system event log was cleared', {
  cleared: Type.Literal(true),
});

export const SEL_TIME_SCHEMA = outputSchema(
  'sel-time',
  'the clock of the system event log (IPMI 2.0 §31.10, §31.11a)',
  {
    time: text('RFC 3339 in UTC; null if the clock is not set'),
    timestamp_seconds: integer(),
    seconds_since_start: integer(),
    utc_offset_minutes: integer(),
  },
);
