/** JSON of `ipmi-bt dcmi`. */

import { Type } from 'typebox';

import { nullable, outputSchema } from './schema.ts';

const watts = nullable(Type.Integer());

export const DCMI_POWER_SCHEMA = outputSchema(
  'dcmi-power',
  'power of the system, or the reason why there is no reading (DCMI 1.5 §6.6)',
  {
    available: Type.Boolean(),
    reason: nullable(Type.String()),
    current_watts: watts,
    minimum_watts: watts,
    maximum_watts: watts,
    average_watts: watts,
    timestamp_seconds: nullable(Type.Integer({ description: 'since 1970' })),
    period_ms: nullable(Type.Integer()),
    active: nullable(Type.Boolean()),
  },
);

export const DCMI_POWER_LIMIT_SCHEMA = outputSchema(
  'dcmi-power-limit',
  'the limit of the power, all null where none is active (DCMI 1.5 §6.6.2)',
  {
    active: Type.Boolean(),
    limit_watts: watts,
    action: nullable(
      Type.String({ description: 'when it is exceeded: none, power-off, log, or a number' }),
    ),
    correction_ms: nullable(Type.Integer()),
    period_seconds: nullable(Type.Integer()),
  },
);

export const DCMI_CAPABILITIES_SCHEMA = outputSchema(
  'dcmi-capabilities',
  'capabilities by DCMI (DCMI 1.5 §6.1.1)',
  {
    dcmi_version: Type.String(),
    power_management: Type.Boolean(),
    in_band: Type.Boolean(),
    serial: Type.Boolean(),
    secondary_lan: Type.Boolean(),
    sel_entries: nullable(Type.Integer()),
    sel_rolls_over: nullable(Type.Boolean()),
    temperature_sampling_seconds: nullable(Type.Integer()),
    power_controller_address: nullable(Type.Integer()),
    primary_lan_channel: nullable(Type.Integer()),
    average_periods_seconds: Type.Array(Type.Integer()),
  },
);
