/** All kinds of JSON objects that commands print, in the order of `ipmi-bt schema`. */

import { CHASSIS_STATUS_SCHEMA } from './chassis.ts';
import type { OutputSchema } from './schema.ts';

export const SCHEMAS: readonly OutputSchema[] = [CHASSIS_STATUS_SCHEMA];
