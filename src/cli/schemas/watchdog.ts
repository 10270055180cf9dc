/** JSON of `ipmi-bt watchdog`. */

import { Type } from 'typebox';

import { outputSchema } from './schema.ts';

export const WATCHDOG_SCHEMA = outputSchema('watchdog', 'the watchdog timer (IPMI 2.0 §27.7)', {
  running: Type.Boolean(),
  logged: Type.Boolean(),
  use: Type.String({ description: 'a name, or a number without a name' }),
  action: Type.String(),
  pre_timeout_interrupt: Type.String(),
  pre_timeout_seconds: Type.Integer(),
  expired: Type.Array(Type.String()),
  initial_countdown_ms: Type.Integer(),
  present_countdown_ms: Type.Integer(),
});
