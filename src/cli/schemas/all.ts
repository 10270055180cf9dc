/** All kinds of JSON objects that commands print, in the order of `ipmi-bt schema`. */

import { CHASSIS_STATUS_SCHEMA } from './chassis.ts';
import { FRU_SCHEMA } from './fru.ts';
import type { OutputSchema } from './schema.ts';
import {
  SEL_CLEAR_SCHEMA,
  SEL_ENTRY_ERROR_SCHEMA,
  SEL_ENTRY_SCHEMA,
  SEL_INFO_SCHEMA,
  SEL_TIME_SCHEMA,
} from './sel.ts';

export const SCHEMAS: readonly OutputSchema[] = [
  CHASSIS_STATUS_SCHEMA,
  SEL_INFO_SCHEMA,
  SEL_ENTRY_SCHEMA,
  SEL_ENTRY_ERROR_SCHEMA,
  SEL_CLEAR_SCHEMA,
  SEL_TIME_SCHEMA,
  FRU_SCHEMA,
];
