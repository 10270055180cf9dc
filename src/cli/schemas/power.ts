/** JSON of `ipmi-bt power`. */

import { Type } from 'typebox';

import { outputSchema } from './schema.ts';

export const POWER_STATUS_SCHEMA = outputSchema('power-status', 'power of the system', {
  power_on: Type.Boolean(),
});

export const POWER_CONTROL_SCHEMA = outputSchema(
  'power-control',
  'a power action that the BMC accepted (IPMI 2.0 §28.3)',
  { action: Type.String({ description: 'off, on, cycle, reset, diag or soft' }) },
);
