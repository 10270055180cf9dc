/** Sensors as text and as fields of JSON, for `ipmi-bt sensor` and `ipmi-bt sdr`. */

import type { Hysteresis, Sensor, SensorItem, Thresholds } from '../../commands/index.ts';

/** The short forms of `ipmitool` for how bad a reading is. */
const SHORT: Readonly<Record<Sensor['severity'], string>> = {
  information: 'ok',
  warning: 'nc',
  critical: 'cr',
  'non-recoverable': 'nr',
};

/** Digits behind the point of a value, at most. */
const DIGITS = 3;

/** A value as a number in a column; `na` where there is none. */
export function numberText(value: number | undefined): string {
  return value === undefined ? 'na' : String(Number(value.toFixed(DIGITS)));
}

/** The severity of a sensor with a reading, or the reason that there is none. */
export function statusText({ status, severity }: Sensor): string {
  return status === 'ok' ? SHORT[severity] : status;
}

/** The reading with its unit, or the states. */
export function readingText({ value, unit, states, status }: Sensor): string {
  const texts = states.map(({ text }) => text);
  if (value === undefined) return status === 'ok' ? texts.join(', ') : '';
  return [`${numberText(value)} ${unit ?? ''}`.trimEnd(), ...texts].join(', ');
}

/** The fields that `sensor` and `sdr-record` have in common. */
export function readingFields(sensor: Sensor) {
  const isRead = sensor.status === 'ok';
  return {
    key: sensor.key,
    status: sensor.status,
    value: sensor.value ?? null,
    unit: sensor.unit ?? null,
    states: isRead ? sensor.states.map(({ text }) => text) : null,
    severity: isRead ? sensor.severity : null,
  };
}

/** The same of what is no sensor. */
export const NO_READING = {
  key: null,
  status: null,
  value: null,
  unit: null,
  states: null,
  severity: null,
} as const;

const NO_SENSOR = {
  name: null,
  ...NO_READING,
  raw: null,
  owner_address: null,
  owner_channel: null,
  lun: null,
  number: null,
  sensor_type: null,
  sensor_type_text: null,
  event_type: null,
  entity_id: null,
  entity_instance: null,
  entity_text: null,
  thresholds: null,
  hysteresis: null,
} as const;

/** The fields of `sensor`. */
export function sensorFields(item: SensorItem) {
  if (item.kind === 'error') {
    return { record_id: item.recordId, ...NO_SENSOR, error: item.error.message };
  }
  return {
    record_id: item.record.header.recordId,
    name: item.name,
    ...readingFields(item),
    raw: item.raw ?? null,
    owner_address: item.owner.address,
    owner_channel: item.owner.channel,
    lun: item.owner.lun,
    number: item.number,
    sensor_type: item.sensorType,
    sensor_type_text: item.sensorTypeText,
    event_type: item.eventType,
    entity_id: item.entity.id,
    entity_instance: item.entity.instance,
    entity_text: item.entity.text,
    thresholds: item.thresholds === undefined ? null : thresholdFields(item.thresholds),
    hysteresis: item.hysteresis === undefined ? null : hysteresisFields(item.hysteresis),
    error: item.error?.message ?? null,
  };
}

function hysteresisFields({ positive, negative }: Hysteresis) {
  return { positive: positive ?? null, negative: negative ?? null };
}

function thresholdFields(thresholds: Partial<Thresholds<number>>) {
  return {
    lower_non_recoverable: thresholds.lowerNonRecoverable ?? null,
    lower_critical: thresholds.lowerCritical ?? null,
    lower_non_critical: thresholds.lowerNonCritical ?? null,
    upper_non_critical: thresholds.upperNonCritical ?? null,
    upper_critical: thresholds.upperCritical ?? null,
    upper_non_recoverable: thresholds.upperNonRecoverable ?? null,
  };
}

/** Titles of the columns of thresholds, and their values in the same order. */
export const THRESHOLD_TITLES = ['LNR', 'LCR', 'LNC', 'UNC', 'UCR', 'UNR'] as const;

export function thresholdCells({ thresholds = {} }: Sensor): readonly string[] {
  return Object.values(thresholdFields(thresholds)).map((value) => numberText(value ?? undefined));
}
