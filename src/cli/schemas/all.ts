/** All kinds of JSON objects that commands print, in the order of `ipmi-bt schema`. */

import { BOOT_DEVICE_SCHEMA, CHASSIS_IDENTIFY_SCHEMA, CHASSIS_STATUS_SCHEMA } from './chassis.ts';
import { POH_COUNTER_SCHEMA, RESTART_CAUSE_SCHEMA, RESTORE_POLICY_SCHEMA } from './chassis.ts';
import { DCMI_CAPABILITIES_SCHEMA, DCMI_POWER_SCHEMA } from './dcmi.ts';
import { MC_ENABLES_SCHEMA, MC_GUID_SCHEMA, MC_INFO_SCHEMA, MC_SELF_TEST_SCHEMA } from './mc.ts';
import { POWER_CONTROL_SCHEMA, POWER_STATUS_SCHEMA } from './power.ts';
import type { OutputSchema } from './schema.ts';
import { SOL_SCHEMA } from './sol.ts';
import { WATCHDOG_SCHEMA } from './watchdog.ts';

export const SCHEMAS: readonly OutputSchema[] = [
  CHASSIS_STATUS_SCHEMA,
  CHASSIS_IDENTIFY_SCHEMA,
  RESTART_CAUSE_SCHEMA,
  POH_COUNTER_SCHEMA,
  RESTORE_POLICY_SCHEMA,
  BOOT_DEVICE_SCHEMA,
  POWER_STATUS_SCHEMA,
  POWER_CONTROL_SCHEMA,
  MC_INFO_SCHEMA,
  MC_GUID_SCHEMA,
  MC_SELF_TEST_SCHEMA,
  MC_ENABLES_SCHEMA,
  WATCHDOG_SCHEMA,
  DCMI_POWER_SCHEMA,
  DCMI_CAPABILITIES_SCHEMA,
  SOL_SCHEMA,
];
