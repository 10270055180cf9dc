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

export const CHASSIS_IDENTIFY_SCHEMA = outputSchema(
  'chassis-identify',
  'an identification that the BMC accepted (IPMI 2.0 §28.5)',
  {
    state: Type.String({ description: 'on, off or temporary' }),
    interval_seconds: nullable(Type.Integer()),
  },
);

export const RESTART_CAUSE_SCHEMA = outputSchema(
  'restart-cause',
  'cause of the last restart of the system (IPMI 2.0 §28.11)',
  { cause: Type.String(), channel: Type.Integer() },
);

export const POH_COUNTER_SCHEMA = outputSchema(
  'poh-counter',
  'time that the power was on (IPMI 2.0 §28.14)',
  { minutes_per_count: Type.Integer(), count: Type.Integer(), power_on_hours: Type.Number() },
);

export const RESTORE_POLICY_SCHEMA = outputSchema(
  'power-restore-policy',
  'power after AC has come back: policies that are supported, and the one set (IPMI 2.0 §28.8)',
  { supported: Type.Array(Type.String()), policy: Type.String() },
);

export const BOOT_DEVICE_SCHEMA = outputSchema(
  'boot-device',
  'boot flags (IPMI 2.0 §28.13, parameter 5)',
  {
    valid: Type.Boolean(),
    persistent: Type.Boolean(),
    efi: Type.Boolean(),
    device: Type.String({ description: 'a name, or a number without a name' }),
    instance: Type.Integer(),
    locked: Type.Boolean(),
  },
);

export const BOOT_PARAMETER_SCHEMA = outputSchema(
  'boot-parameter',
  'a system boot option in bytes (IPMI 2.0 §28.13, table 28-14)',
  {
    parameter: Type.Integer(),
    set: Type.Integer(),
    block: Type.Integer(),
    locked: Type.Boolean({ description: 'the parameter is marked invalid, or locked' }),
    data: Type.Array(Type.Integer()),
  },
);
