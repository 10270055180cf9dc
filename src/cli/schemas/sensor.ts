/** JSON of `ipmi-bt sensor` and `ipmi-bt sdr`. */

import { Type } from 'typebox';

import { nullable, outputSchema } from './schema.ts';

const VALUE = nullable(Type.Number({ description: 'in the unit of the field unit' }));

const THRESHOLDS = nullable(
  Type.Object(
    {
      lower_non_recoverable: VALUE,
      lower_critical: VALUE,
      lower_non_critical: VALUE,
      upper_non_critical: VALUE,
      upper_critical: VALUE,
      upper_non_recoverable: VALUE,
    },
    { additionalProperties: false },
  ),
);

const HYSTERESIS = nullable(
  Type.Object({ positive: VALUE, negative: VALUE }, { additionalProperties: false }),
);

const STATUS = Type.String({
  description:
    'ok, disabled, unavailable, absent, event-only, software, needs-bridge or failed: ' +
    'only ok has a reading',
});

const SEVERITY = Type.String({
  description: 'worst of the states: information, warning, critical or non-recoverable',
});

const READING = {
  key: nullable(Type.String({ description: 'owner/LUN/number, such as 0x20/0/0x30' })),
  status: nullable(STATUS),
  value: VALUE,
  unit: nullable(Type.String({ description: 'such as degrees C; null without a value' })),
  states: nullable(Type.Array(Type.String())),
  severity: nullable(SEVERITY),
};

export const SENSOR_SCHEMA = outputSchema(
  'sensor',
  'a sensor with its reading and thresholds (IPMI 2.0 chapters 35 and 43), or a bad record',
  {
    record_id: Type.Integer(),
    name: nullable(Type.String()),
    ...READING,
    raw: nullable(Type.Integer()),
    owner_address: nullable(Type.Integer()),
    owner_channel: nullable(Type.Integer()),
    lun: nullable(Type.Integer()),
    number: nullable(Type.Integer()),
    sensor_type: nullable(Type.Integer()),
    sensor_type_text: nullable(Type.String()),
    event_type: nullable(Type.Integer()),
    entity_id: nullable(Type.Integer()),
    entity_instance: nullable(Type.Integer()),
    entity_text: nullable(Type.String()),
    thresholds: THRESHOLDS,
    hysteresis: HYSTERESIS,
    error: nullable(Type.String()),
  },
);

export const SENSOR_TYPE_SCHEMA = outputSchema(
  'sensor-type',
  'a type of sensors that the records of a controller have (IPMI 2.0 table 42-3)',
  {
    sensor_type: Type.Integer(),
    sensor_type_text: Type.String(),
    sensors: Type.Integer({ description: 'number of sensors of the type' }),
  },
);

export const SDR_SCHEMA = outputSchema(
  'sdr-record',
  'a sensor, or a record that describes none (IPMI 2.0 chapter 43), or a bad record',
  {
    record_id: Type.Integer(),
    record_type: nullable(Type.Integer()),
    kind: Type.String({ description: 'such as full, compact, fru-locator, unknown, or error' }),
    name: nullable(Type.String()),
    ...READING,
    error: nullable(Type.String()),
  },
);

export const SDR_DUMP_SCHEMA = outputSchema('sdr-dump', 'records that were written to a file', {
  file: Type.String(),
  records: Type.Integer(),
  file_bytes: Type.Integer(),
});

export const SDR_INFO_SCHEMA = outputSchema(
  'sdr-info',
  'size and state of the SDR repository (IPMI 2.0 §33.9)',
  {
    sdr_version: Type.String(),
    records: Type.Integer(),
    free_bytes: Type.Integer({ description: '65534: so many or more; 65535: unspecified' }),
    last_add: nullable(Type.String({ description: 'RFC 3339, in UTC if the BMC keeps that' })),
    last_erase: nullable(Type.String({ description: 'RFC 3339, in UTC if the BMC keeps that' })),
    overflow: Type.Boolean(),
    update: Type.String({ description: 'unspecified, non-modal, modal or both' }),
    reserve: Type.Boolean(),
    delete: Type.Boolean(),
    partial_add: Type.Boolean(),
  },
);
