/**
 * The metrics of a BMC: their names, labels, units and help as the code of `ipmi_exporter` has
 * them, so that its dashboards and alerts serve unchanged. Where it documents another name, its
 * code is followed.
 */

/** The description of one metric. */
export interface MetricSpec {
  readonly help: string;
  readonly labels: readonly string[];
}

const SENSOR = ['id', 'name'] as const;
const GENERIC_SENSOR = ['id', 'name', 'type'] as const;
const STATES = '(0=nominal, 1=warning, 2=critical)';
const ACTIVE = '(1: active, 0: inactive)';

const gauge = (help: string, ...labels: readonly string[]): MetricSpec => ({ help, labels });

const SENSOR_METRICS = {
  ipmi_sensor_state: gauge(
    `Indicates the severity of the state reported by an IPMI sensor ${STATES}.`,
    ...GENERIC_SENSOR,
  ),
  ipmi_sensor_value: gauge(
    'Generic data read from an IPMI sensor of unknown type, relying on labels for context.',
    ...GENERIC_SENSOR,
  ),
  ipmi_fan_speed_rpm: gauge('Fan speed in rotations per minute.', ...SENSOR),
  ipmi_fan_speed_ratio: gauge('Fan speed as a proportion of the maximum speed.', ...SENSOR),
  ipmi_fan_speed_state: gauge(`Reported state of a fan speed sensor ${STATES}.`, ...SENSOR),
  ipmi_temperature_celsius: gauge('Temperature reading in degree Celsius.', ...SENSOR),
  ipmi_temperature_state: gauge(`Reported state of a temperature sensor ${STATES}.`, ...SENSOR),
  ipmi_voltage_volts: gauge('Voltage reading in Volts.', ...SENSOR),
  ipmi_voltage_state: gauge(`Reported state of a voltage sensor ${STATES}.`, ...SENSOR),
  ipmi_current_amperes: gauge('Current reading in Amperes.', ...SENSOR),
  ipmi_current_state: gauge(`Reported state of a current sensor ${STATES}.`, ...SENSOR),
  ipmi_power_watts: gauge('Power reading in Watts.', ...SENSOR),
  ipmi_power_state: gauge(`Reported state of a power sensor ${STATES}.`, ...SENSOR),
} as const;

const WATCHDOG_METRICS = {
  ipmi_bmc_watchdog_timer_state: gauge('Watchdog timer running (1: running, 0: stopped)'),
  ipmi_bmc_watchdog_timer_use_state: gauge(`Watchdog timer use ${ACTIVE}`, 'name'),
  ipmi_bmc_watchdog_logging_state: gauge(
    'Watchdog log flag (1: Enabled, 0: Disabled / note: reverse of freeipmi)',
  ),
  ipmi_bmc_watchdog_timeout_action_state: gauge(`Watchdog timeout action ${ACTIVE}`, 'action'),
  ipmi_bmc_watchdog_pretimeout_interrupt_state: gauge(
    `Watchdog pre-timeout interrupt ${ACTIVE}`,
    'interrupt',
  ),
  ipmi_bmc_watchdog_pretimeout_interval_seconds: gauge('Watchdog pre-timeout interval in seconds'),
  ipmi_bmc_watchdog_initial_countdown_seconds: gauge('Watchdog initial countdown in seconds'),
  ipmi_bmc_watchdog_current_countdown_seconds: gauge('Watchdog current countdown in seconds'),
} as const;

/** All metrics of a BMC by name. */
export const METRICS = {
  ...SENSOR_METRICS,
  ...WATCHDOG_METRICS,
  ipmi_bmc_info: gauge(
    "Constant metric with value '1' providing details about the BMC.",
    ...['firmware_revision', 'manufacturer_id', 'system_firmware_version', 'bmc_url'],
  ),
  ipmi_chassis_power_state: gauge('Current power state (1=on, 0=off).'),
  ipmi_chassis_drive_fault_state: gauge('Current drive fault state (1=false, 0=true).'),
  ipmi_chassis_cooling_fault_state: gauge('Current Cooling/fan fault state (1=false, 0=true).'),
  ipmi_dcmi_power_consumption_watts: gauge('Current power consumption in Watts.'),
  ipmi_sel_logs_count: gauge('Current number of log entries in the SEL.'),
  ipmi_sel_free_space_bytes: gauge('Current free space remaining for new SEL entries.'),
  ipmi_up: gauge(
    "'1' if a scrape of the IPMI device was successful, '0' otherwise.",
    ...['collector'],
  ),
  ipmi_scrape_duration_seconds: gauge('Returns how long the scrape took to complete in seconds.'),
} as const satisfies Readonly<Record<string, MetricSpec>>;

/** The name of a metric of a BMC. */
export type MetricName = keyof typeof METRICS;

/** One value of a metric. */
export interface Sample {
  readonly metric: MetricName;
  readonly value: number;
  readonly labels?: Readonly<Record<string, string>>;
}
