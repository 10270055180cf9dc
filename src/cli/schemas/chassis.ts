/** JSON of `ipmi-bt chassis`. */

import { Type } from 'typebox';

import { nullable, outputSchema } from './schema.ts';

export const CHASSIS_STATUS_SCHEMA = outputSchema(
  'chassis-status',
  'power and state of the chassis (IPMI 2.0 §28.2)',
  {
    power_on: Type.Boolean(),
    power_overload: Type.Boolean(),
    power_interlock: Type.Boolean(),
    power_fault: Type.Boolean(),
    power_control_fault: Type.Boolean(),
    power_restore_policy: Type.String({
      description: 'always-off, previous, always-on, unknown, or a number without a name',
    }),
    last_power_events: Type.Array(Type.String()),
    chassis_open: Type.Boolean(),
    front_panel_locked: Type.Boolean(),
    drive_fault: Type.Boolean(),
    cooling_fault: Type.Boolean(),
    identify: nullable(Type.String({ description: 'off, temporary or on' })),
    buttons_disabled: nullable(Type.Array(Type.String())),
  },
);
