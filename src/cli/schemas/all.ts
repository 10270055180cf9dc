/** All kinds of JSON objects that commands print, in the order of `ipmi-bt schema`. */

import { APPLY_RESULT_SCHEMA } from './apply-result.ts';
import { CHANNEL_ACCESS_SCHEMA, CHANNEL_SCHEMA } from './channel.ts';
import { CHASSIS_STATUS_SCHEMA } from './chassis.ts';
import {
  ERROR_SCHEMA,
  EVENT_SCHEMA,
  INFO_SCHEMA,
  RAW_SCHEMA,
  RESET_SCHEMA,
  STATS_SCHEMA,
} from './device.ts';
import {
  CLAIM_SCHEMA,
  IRQ_BIND_SCHEMA,
  IRQ_STATUS_SCHEMA,
  IRQ_UNBIND_SCHEMA,
  LOCATE_SCHEMA,
  RELEASE_SCHEMA,
  SMOKE_LIST_SCHEMA,
} from './interface.ts';
import { LAN_PRINT_SCHEMA } from './lan.ts';
import type { OutputSchema } from './schema.ts';
import { TRACE_KERNEL_LOG_SCHEMA, TRACE_REPLAY_SCHEMA, TRACE_SHOW_SCHEMA } from './trace.ts';
import { USER_SCHEMA } from './user.ts';

export const SCHEMAS: readonly OutputSchema[] = [
  ERROR_SCHEMA,
  RAW_SCHEMA,
  INFO_SCHEMA,
  STATS_SCHEMA,
  EVENT_SCHEMA,
  RESET_SCHEMA,
  LOCATE_SCHEMA,
  CLAIM_SCHEMA,
  RELEASE_SCHEMA,
  IRQ_BIND_SCHEMA,
  IRQ_UNBIND_SCHEMA,
  IRQ_STATUS_SCHEMA,
  SMOKE_LIST_SCHEMA,
  TRACE_SHOW_SCHEMA,
  TRACE_REPLAY_SCHEMA,
  TRACE_KERNEL_LOG_SCHEMA,
  CHASSIS_STATUS_SCHEMA,
  LAN_PRINT_SCHEMA,
  USER_SCHEMA,
  CHANNEL_SCHEMA,
  CHANNEL_ACCESS_SCHEMA,
  APPLY_RESULT_SCHEMA,
];
