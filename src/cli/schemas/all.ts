/** All kinds of JSON objects that commands print, in the order of `ipmi-bt schema`. */

import { APPLY_RESULT_SCHEMA } from './apply-result.ts';
import { CHANNEL_ACCESS_SCHEMA, CHANNEL_SCHEMA } from './channel.ts';
import { CHASSIS_STATUS_SCHEMA } from './chassis.ts';
import { LAN_PRINT_SCHEMA } from './lan.ts';
import type { OutputSchema } from './schema.ts';
import { USER_SCHEMA } from './user.ts';

export const SCHEMAS: readonly OutputSchema[] = [
  CHASSIS_STATUS_SCHEMA,
  LAN_PRINT_SCHEMA,
  USER_SCHEMA,
  CHANNEL_SCHEMA,
  CHANNEL_ACCESS_SCHEMA,
  APPLY_RESULT_SCHEMA,
];
