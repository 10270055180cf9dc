/** All kinds of JSON objects that commands print, in the order of `ipmi-bt schema`. */

import { CHASSIS_STATUS_SCHEMA } from './chassis.ts';
import type { OutputSchema } from './schema.ts';
import { SDR_DUMP_SCHEMA, SDR_SCHEMA, SENSOR_SCHEMA } from './sensor.ts';

export const SCHEMAS: readonly OutputSchema[] = [
  CHASSIS_STATUS_SCHEMA,
  SENSOR_SCHEMA,
  SDR_SCHEMA,
  SDR_DUMP_SCHEMA,
];
