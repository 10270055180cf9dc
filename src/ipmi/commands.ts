/**
 * Network functions (IPMI 2.0 table 5-1) and the commands that this driver itself sends.
 */

/** Network functions of requests, which are even; the reply's is one more. */
export const NetFn = {
  CHASSIS: 0x00,
  BRIDGE: 0x02,
  SENSOR_EVENT: 0x04,
  APP: 0x06,
  FIRMWARE: 0x08,
  STORAGE: 0x0a,
  TRANSPORT: 0x0c,
} as const;

/** Largest request netFn: six bits, even. */
export const NETFN_MAX = 0x3e;

/** Largest logical unit number: two bits. */
export const LUN_MAX = 3;

/** Commands of the App network function (IPMI 2.0 appendix G). */
export const AppCmd = {
  GET_DEVICE_ID: 0x01,
  COLD_RESET: 0x02,
  WARM_RESET: 0x03,
  GET_SELF_TEST_RESULTS: 0x04,
  GET_ACPI_POWER_STATE: 0x07,
  GET_DEVICE_GUID: 0x08,
  RESET_WATCHDOG_TIMER: 0x22,
  SET_WATCHDOG_TIMER: 0x24,
  GET_WATCHDOG_TIMER: 0x25,
  SET_GLOBAL_ENABLES: 0x2e,
  GET_GLOBAL_ENABLES: 0x2f,
  CLEAR_MESSAGE_FLAGS: 0x30,
  GET_MESSAGE_FLAGS: 0x31,
  GET_MESSAGE: 0x33,
  SEND_MESSAGE: 0x34,
  READ_EVENT_MESSAGE_BUFFER: 0x35,
  GET_BT_CAPABILITIES: 0x36,
  GET_SYSTEM_GUID: 0x37,
  GET_AUTHENTICATION_CAPABILITIES: 0x38,
  SET_CHANNEL_ACCESS: 0x40,
  GET_CHANNEL_ACCESS: 0x41,
  GET_CHANNEL_INFO: 0x42,
  SET_USER_ACCESS: 0x43,
  GET_USER_ACCESS: 0x44,
  SET_USER_NAME: 0x45,
  GET_USER_NAME: 0x46,
  SET_USER_PASSWORD: 0x47,
  GET_CHANNEL_CIPHER_SUITES: 0x54,
  SET_SYSTEM_INFO: 0x58,
  GET_SYSTEM_INFO: 0x59,
} as const;

/** Commands of the Chassis network function. */
export const ChassisCmd = {
  GET_CAPABILITIES: 0x00,
  GET_STATUS: 0x01,
  CONTROL: 0x02,
  IDENTIFY: 0x04,
  SET_POWER_RESTORE_POLICY: 0x06,
  GET_RESTART_CAUSE: 0x07,
  SET_BOOT_OPTIONS: 0x08,
  GET_BOOT_OPTIONS: 0x09,
  GET_POH_COUNTER: 0x0f,
} as const;

/** Commands of the Storage network function. */
export const StorageCmd = {
  GET_FRU_AREA_INFO: 0x10,
  READ_FRU_DATA: 0x11,
  WRITE_FRU_DATA: 0x12,
  GET_SDR_REPOSITORY_INFO: 0x20,
  RESERVE_SDR_REPOSITORY: 0x22,
  GET_SDR: 0x23,
  PARTIAL_ADD_SDR: 0x25,
  CLEAR_SDR_REPOSITORY: 0x27,
  GET_SEL_INFO: 0x40,
  GET_SEL_ALLOCATION_INFO: 0x41,
  RESERVE_SEL: 0x42,
  GET_SEL_ENTRY: 0x43,
  ADD_SEL_ENTRY: 0x44,
  DELETE_SEL_ENTRY: 0x46,
  CLEAR_SEL: 0x47,
  GET_SEL_TIME: 0x48,
  SET_SEL_TIME: 0x49,
  GET_SEL_UTC_OFFSET: 0x5c,
  SET_SEL_UTC_OFFSET: 0x5d,
} as const;

/** Commands of the Sensor/Event network function. */
export const SensorCmd = {
  GET_DEVICE_SDR_INFO: 0x20,
  GET_DEVICE_SDR: 0x21,
  RESERVE_DEVICE_SDRS: 0x22,
  GET_READING_FACTORS: 0x23,
  GET_HYSTERESIS: 0x25,
  SET_THRESHOLDS: 0x26,
  GET_THRESHOLDS: 0x27,
  GET_EVENT_ENABLE: 0x29,
  GET_EVENT_STATUS: 0x2b,
  GET_READING: 0x2d,
} as const;

/** Commands of the Transport network function. */
export const TransportCmd = {
  SET_LAN_PARAMETERS: 0x01,
  GET_LAN_PARAMETERS: 0x02,
  GET_IP_STATISTICS: 0x04,
} as const;

/** Commands of serial over LAN, of the Transport network function. */
export const SolCmd = {
  GET_CONFIGURATION: 0x22,
} as const;

/** Network function of groups; the first byte of the data names the group (IPMI 2.0 §5.1). */
export const GROUP_EXTENSION = 0x2c;

/** The bodies that define such commands (§5.1 table 5-1, DCMI 1.5 §6). */
export const GROUP_PICMG = 0x00;
export const GROUP_VITA = 0x03;
export const GROUP_DCMI = 0xdc;

/** Commands of DCMI (DCMI 1.5 table 6-1). */
export const DcmiCmd = {
  GET_CAPABILITIES: 0x01,
  GET_POWER_READING: 0x02,
  GET_POWER_LIMIT: 0x03,
  SET_POWER_LIMIT: 0x04,
  ACTIVATE_POWER_LIMIT: 0x05,
  GET_ASSET_TAG: 0x06,
  GET_SENSOR_INFO: 0x07,
  SET_ASSET_TAG: 0x08,
  GET_CONTROLLER_ID: 0x09,
  SET_CONTROLLER_ID: 0x0a,
  SET_THERMAL_LIMIT: 0x0b,
  GET_THERMAL_LIMIT: 0x0c,
  GET_TEMPERATURE_READINGS: 0x10,
  SET_CONFIGURATION: 0x12,
  GET_CONFIGURATION: 0x13,
} as const;

/** Platform Event of the Sensor/Event network function (§29.3). */
export const PLATFORM_EVENT = 0x02;

/** True if the command makes the BMC restart (§20.2, §20.3). */
export function restartsBmc(netFn: number, cmd: number): boolean {
  return netFn === NetFn.APP && (cmd === AppCmd.COLD_RESET || cmd === AppCmd.WARM_RESET);
}
