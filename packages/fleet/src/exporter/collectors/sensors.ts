/** The collector `ipmi`: all sensors with their readings (IPMI 2.0 chapters 33 and 35). */

import type { Commands, SdrCache, Sensor } from 'ipmi-bt/commands';

import type { Collector, Round } from '../collector.ts';
import type { MetricName } from '../metrics.ts';
import { THRESHOLD, interpret, sensorTypeName } from './sensor-words.ts';

/** Options of {@link SensorCollector}. */
export interface SensorCollectorOptions {
  /** Numbers of records whose sensors are not read. */
  readonly excludeIds?: readonly number[];
  /** Told of each record that cannot be read. */
  readonly onBadRecord?: (recordId: number, error: Error) => void;
}

/** The metrics of a sensor, and the factor of its value. */
interface Kind {
  readonly value: MetricName;
  readonly state: MetricName;
  readonly factor: number;
}

const FAN_SENSOR = 0x04;
const PERCENT = 0.01;

/** Kinds by base unit (IPMI 2.0 §43.17). */
const KINDS: Readonly<Record<number, Kind>> = {
  1: { value: 'ipmi_temperature_celsius', state: 'ipmi_temperature_state', factor: 1 },
  4: { value: 'ipmi_voltage_volts', state: 'ipmi_voltage_state', factor: 1 },
  5: { value: 'ipmi_current_amperes', state: 'ipmi_current_state', factor: 1 },
  6: { value: 'ipmi_power_watts', state: 'ipmi_power_state', factor: 1 },
  18: { value: 'ipmi_fan_speed_rpm', state: 'ipmi_fan_speed_state', factor: 1 },
};

const FAN_RATIO: Kind = {
  value: 'ipmi_fan_speed_ratio',
  state: 'ipmi_fan_speed_state',
  factor: PERCENT,
};

const GENERIC: Kind = { value: 'ipmi_sensor_value', state: 'ipmi_sensor_state', factor: 1 };

/**
 * As many transactions a round as `sensors()` of the library takes: readings + 2, and the records
 * besides in the first round and after a change of the repository. Records are kept, and readings
 * never.
 */
export class SensorCollector implements Collector {
  readonly name = 'ipmi';
  readonly #bmc: Pick<Commands, 'sensors'>;
  readonly #excluded: ReadonlySet<number>;
  readonly #onBadRecord: SensorCollectorOptions['onBadRecord'];
  readonly #cache: SdrCache = oneBmc();

  constructor(bmc: Pick<Commands, 'sensors'>, options: SensorCollectorOptions = {}) {
    this.#bmc = bmc;
    this.#excluded = new Set(options.excludeIds);
    this.#onBadRecord = options.onBadRecord;
  }

  async collect({ signal, add }: Round): Promise<void> {
    const items = this.#bmc.sensors({
      ...{ signal, cache: this.#cache },
      only: ({ record }) => !this.#excluded.has(record.header.recordId),
    });
    for await (const item of items) {
      if (item.kind === 'error') this.#onBadRecord?.(item.recordId, item.error);
      else if (item.status !== 'event-only') addSensor(add, item);
    }
  }
}

/** Keeps the records of the BMC that was asked last. */
function oneBmc(): SdrCache {
  let kept: { readonly key: string; readonly text: string } | undefined;
  return {
    get: (key) => (kept?.key === key ? kept.text : undefined),
    set: (key, text) => {
      kept = { key, text };
    },
  };
}

function addSensor(add: Round['add'], sensor: Sensor): void {
  const kind = kindOf(sensor);
  const labels = {
    id: String(sensor.record.header.recordId),
    name: sensor.name,
    ...(kind === GENERIC ? { type: sensorTypeName(sensor.sensorType) } : {}),
  };
  const { value = NaN, status } = sensor;
  const offsets = sensor.states.map(({ offset }) => offset);
  const state = status === 'ok' ? interpret({ ...sensor, offsets }) : NaN;
  // Both always, so that a sensor that cannot be read is found all the same.
  add({ metric: kind.value, labels, value: isMeasured(sensor) ? value * kind.factor : NaN });
  add({ metric: kind.state, labels, value: state });
}

/** True for a sensor that FreeIPMI prints a unit of. */
function isMeasured({ record, eventType }: Sensor): boolean {
  return record.kind === 'full' && eventType === THRESHOLD;
}

function kindOf(sensor: Sensor): Kind {
  const { record, sensorType } = sensor;
  if (record.kind !== 'full' || !isMeasured(sensor)) return GENERIC;
  const { form, base } = record.units;
  const isPlain = form.modifierUse === 'none' && form.rate === 'none';
  if (form.isPercentage) {
    return sensorType === FAN_SENSOR && base === 0 && isPlain ? FAN_RATIO : GENERIC;
  }
  return (isPlain ? KINDS[base] : undefined) ?? GENERIC;
}
