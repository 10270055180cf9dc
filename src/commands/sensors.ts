/** Sensors with their readings (IPMI 2.0 chapters 35 and 36). */

import { IpmiError, hex } from '../errors.ts';
import { Completion, isAbsent } from '../ipmi/completion.ts';
import type { Severity } from '../ipmi/event-record.ts';
import { BMC_ADDRESS } from '../ipmi/ipmb.ts';
import type { Requester } from '../ipmi/requester.ts';
import { isReadable, isSensor } from '../ipmi/sdr-record.ts';
import type { SdrRecord, SensorSdr } from '../ipmi/sdr-record.ts';
import { GET_SENSOR_READING, GET_SENSOR_READING_FACTORS } from '../ipmi/sensor-commands.ts';
import {
  GET_SENSOR_HYSTERESIS,
  GET_SENSOR_THRESHOLDS,
  THRESHOLD_NAMES,
} from '../ipmi/sensor-commands.ts';
import type { SensorReading, Thresholds } from '../ipmi/sensor-commands.ts';
import { convert, convertCounts, isNonLinear } from '../ipmi/sensor-factors.ts';
import { statesOf, worstOf } from '../ipmi/sensor-state.ts';
import type { SensorState } from '../ipmi/sensor-state.ts';
import { aBoolean, aFunction, integer } from '../option-table.ts';
import { Caller, failureOf } from './caller.ts';
import type { CallOptions } from './caller.ts';
import { SDR_OPTIONS } from './sdr.ts';
import type { Sdr, SdrOptions } from './sdr.ts';
import { conversionOf, hasThresholds, hysteresisIn, isAnalog, sensorsOf } from './sensor-ref.ts';
import type { Owner, SensorRef } from './sensor-ref.ts';
import { checkCalls } from './checked-calls.ts';
import type { Taken } from './checked-calls.ts';

/** Options of reading sensors. */
export interface SensorOptions extends SdrOptions {
  /** Reads thresholds, too. */
  readonly thresholds?: boolean | undefined;
  /** Reads the hysteresis, too: one transaction for each sensor that can be asked. */
  readonly hysteresis?: boolean | undefined;
  /** Only these sensors are read, and are items. */
  readonly only?: ((sensor: SensorRef) => boolean) | undefined;
  /** The way to a controller other than the BMC; undefined where there is none. */
  readonly requesterFor?: ((owner: Owner) => Requester | undefined) | undefined;
  /** Address of the BMC on the IPMB; 0x20 by default. */
  readonly ownAddress?: number | undefined;
}

/**
 * `ok`: the reading is valid. `disabled`: the sensor is not scanned. `unavailable`: it has no valid
 * reading now. `absent`: the BMC does not have the sensor of the record. `event-only`: it cannot be
 * read. `software`: software of the host has it. `needs-bridge`: another controller has it, to
 * which there is no way. `failed`: see `error`.
 */
export type SensorStatus =
  | 'ok'
  | 'disabled'
  | 'unavailable'
  | 'absent'
  | 'event-only'
  | 'software'
  | 'needs-bridge'
  | 'failed';

/**
 * Differences without a sign: a threshold that was crossed upwards is left this much below it, one
 * that was crossed downwards this much above. Undefined where the BMC specifies none.
 */
export interface Hysteresis {
  readonly positive: number | undefined;
  readonly negative: number | undefined;
}

/** A sensor with its reading. */
export interface Sensor extends SensorRef {
  readonly status: SensorStatus;
  /** As the BMC gives it; only if `status` is `ok`, as the next three. */
  readonly raw: number | undefined;
  /** In `unit`; undefined for a sensor that has states only, or cannot be converted. */
  readonly value: number | undefined;
  /** The states that the sensor is in; of a threshold sensor, the thresholds that are crossed. */
  readonly states: readonly SensorState[];
  /** The worst of `states`. */
  readonly severity: Severity;
  /** In `unit`, those that can be read; undefined unless they were asked for. */
  readonly thresholds: Partial<Thresholds<number>> | undefined;
  /** In `unit`; undefined unless it was asked for, and the sensor has one. */
  readonly hysteresis: Hysteresis | undefined;
  /** Of `failed` and `needs-bridge`; of `ok`, the reason that a non-linear sensor has no value. */
  readonly error: IpmiError | undefined;
}

/** A sensor, or the error in the place of a record. */
export type SensorItem =
  | ({ readonly kind: 'sensor' } & Sensor)
  | { readonly kind: 'error'; readonly recordId: number; readonly error: IpmiError };

/** The same, or a record that is not of sensors. */
export type SdrListItem =
  SensorItem | { readonly kind: 'other'; readonly recordId: number; readonly record: OtherSdr };

/** A record of something else than sensors. */
export type OtherSdr = Exclude<SdrRecord, SensorSdr>;

/** A reading, or the reason that there is none. */
type Read = Pick<Sensor, 'status'> & Partial<Omit<Sensor, keyof SensorRef>>;

/** Codes of errors that end the iteration, whichever controller they came from. */
const ENDS: ReadonlySet<string> = new Set(['REQUEST_ABORTED', 'DEVICE_CLOSED']);

const SENSOR_OPTIONS: Taken<SensorOptions> = {
  example: '{ thresholds: true }',
  table: {
    ...SDR_OPTIONS.table,
    thresholds: aBoolean,
    hysteresis: aBoolean,
    only: aFunction,
    requesterFor: aFunction,
    ownAddress: integer({ least: 0, most: 0xff }),
  },
};

/** Reads sensors. */
export class Sensors {
  static {
    const titles: Readonly<Record<string, string>> = { all: 'sensors()', list: 'sdrList()' };
    checkCalls(this, (method) => titles[method] ?? method, {
      all: [SENSOR_OPTIONS],
      list: [SENSOR_OPTIONS],
    });
  }

  readonly #caller: Caller;
  readonly #sdr: Sdr;

  constructor(caller: Caller, sdr: Sdr) {
    this.#caller = caller;
    this.#sdr = sdr;
  }

  /**
   * All sensors with their readings, in the order of their records. Takes the transactions of
   * `Sdr.records()`, one for each sensor that can be read, one for its thresholds if `thresholds`,
   * one for its hysteresis if `hysteresis`, and one for each value of a non-linear sensor. A sensor
   * that is missing is an item, and takes one.
   */
  async *all(options: SensorOptions = {}): AsyncGenerator<SensorItem, void, undefined> {
    for await (const item of this.list(options)) if (item.kind !== 'other') yield item;
  }

  /** The same with the records that are not of sensors. */
  async *list(options: SensorOptions = {}): AsyncGenerator<SdrListItem, void, undefined> {
    const round = new Round(this.#caller, options);
    const { only = () => true, cache, source, timeoutMs, signal } = options;
    const known = new Set<string>();
    for await (const { recordId, record, error } of this.#sdr.records({
      cache,
      source,
      timeoutMs,
      signal,
    })) {
      if (error !== undefined) yield { kind: 'error', recordId, error };
      if (record === undefined) continue;
      if (!isSensor(record)) yield { kind: 'other', recordId, record };
      for (const ref of isSensor(record) ? sensorsOf(record) : []) {
        // Of a record that changed in the meantime the first reading is good enough.
        const name = `${ref.key} ${record.kind}`;
        if (known.has(name) || !only(ref)) continue;
        known.add(name);
        yield { kind: 'sensor', ...ref, ...NO_READING, ...(await round.read(ref)) };
      }
    }
  }
}

/** Some BMCs fill the byte of a hysteresis with this where there is none. */
const NO_HYSTERESIS = 0xff;

const NO_READING = {
  raw: undefined,
  value: undefined,
  states: [],
  severity: 'information',
  thresholds: undefined,
  hysteresis: undefined,
  error: undefined,
} as const;

/** One reading of all sensors. */
class Round {
  readonly #own: Caller;
  readonly #options: SensorOptions;
  /** Controllers that did not answer: each is waited for once, and not once for each sensor. */
  readonly #silent = new Map<string, IpmiError>();

  constructor(own: Caller, options: SensorOptions) {
    this.#own = own;
    this.#options = options;
  }

  async read(ref: SensorRef): Promise<Read> {
    const { owner, record } = ref;
    if (owner.isSoftware) return { status: 'software' };
    if (!isReadable(record)) return { status: 'event-only' };
    if (owner.address === (this.#options.ownAddress ?? BMC_ADDRESS)) {
      return await this.#ask(this.#own, ref);
    }
    const place = `${owner.channel}/${owner.address}`;
    const silent = this.#silent.get(place);
    if (silent !== undefined) return { status: 'failed', error: silent };
    const requester = this.#options.requesterFor?.(owner);
    if (requester === undefined) return { status: 'needs-bridge', error: needsBridge(ref) };
    try {
      return await this.#ask(new Caller(requester), ref);
    } catch (error) {
      if (!(error instanceof IpmiError) || ENDS.has(error.code)) throw error;
      this.#silent.set(place, error);
      return { status: 'failed', error };
    }
  }

  async #ask(caller: Caller, ref: SensorRef): Promise<Read> {
    const sensor = new Asked(caller, ref, this.#options);
    try {
      return await sensor.read();
    } catch (error) {
      if (isOfSensor(error)) return { status: 'failed', error };
      throw error;
    }
  }
}

/** True if the BMC answered: the error is about one sensor. */
function isOfSensor(error: unknown): error is IpmiError {
  return error instanceof IpmiError && error.outcome === 'answered' && !ENDS.has(error.code);
}

/** The questions about one sensor. */
class Asked {
  readonly #caller: Caller;
  readonly #ref: SensorRef;
  readonly #wantsThresholds: boolean;
  readonly #wantsHysteresis: boolean;
  readonly #options: CallOptions & { readonly lun: number };

  constructor(caller: Caller, ref: SensorRef, options: SensorOptions) {
    const { timeoutMs, signal, thresholds = false, hysteresis = false } = options;
    this.#caller = caller;
    this.#ref = ref;
    this.#wantsThresholds = thresholds && hasThresholds(ref.record);
    this.#wantsHysteresis = hysteresis;
    this.#options = { timeoutMs, signal, lun: ref.owner.lun };
  }

  async read(): Promise<Read> {
    const { number, record } = this.#ref;
    const answer = await this.#caller.answer(GET_SENSOR_READING, number, this.#options);
    const { completionCode: code, value: reading } = answer;
    if (isAbsent(code)) return { status: 'absent' };
    // The part of the server that the sensor belongs to is switched off.
    if (code !== Completion.NOT_IN_THIS_STATE && reading === undefined) {
      throw failureOf(GET_SENSOR_READING, code);
    }
    const thresholds = this.#wantsThresholds ? await this.#thresholds() : undefined;
    const hysteresis = this.#wantsHysteresis ? await this.#hysteresis() : undefined;
    const status = statusOf(reading);
    if (status !== 'ok' || reading === undefined) return { status, thresholds, hysteresis };
    const states = statesOf(record, reading);
    const converted = await this.#converted(reading.raw);
    const { raw } = reading;
    const limits = { thresholds, hysteresis };
    return { status, raw, states, severity: worstOf(states), ...limits, ...converted };
  }

  async #thresholds(): Promise<Partial<Thresholds<number>>> {
    const { number } = this.#ref;
    const values: Partial<Record<keyof Thresholds<number>, number>> = {};
    const { value } = await this.#caller.answer(GET_SENSOR_THRESHOLDS, number, this.#options);
    // The record promises thresholds that the sensor does not have: the reading is good anyway.
    if (value === undefined) return values;
    const { readable, raw } = value;
    for (const name of THRESHOLD_NAMES) {
      const threshold = readable[name] ? (await this.#converted(raw[name])).value : undefined;
      if (threshold !== undefined) values[name] = threshold;
    }
    return values;
  }

  async #hysteresis(): Promise<Hysteresis | undefined> {
    const { record, number } = this.#ref;
    const place = hysteresisIn(record);
    if (place === undefined || !isAnalog(record)) return undefined;
    const { positiveHysteresis: positive, negativeHysteresis: negative } = record;
    const raw =
      place === 'record'
        ? { positive, negative }
        : (await this.#caller.answer(GET_SENSOR_HYSTERESIS, number, this.#options)).value;
    if (raw === undefined) return undefined;
    const valueOf = (counts: number): number | undefined =>
      counts === NO_HYSTERESIS ? undefined : convertCounts(counts, conversionOf(record));
    return { positive: valueOf(raw.positive), negative: valueOf(raw.negative) };
  }

  /**
   * The value of a raw reading. Factors of a non-linear sensor are asked for, as they depend on the
   * reading; where they are refused there is no value, and the states are good all the same.
   */
  async #converted(raw: number): Promise<Pick<Read, 'value' | 'error'>> {
    const { record, number } = this.#ref;
    if (!isAnalog(record)) return {};
    const conversion = conversionOf(record);
    if (!isNonLinear(conversion.linearization)) return { value: convert(raw, conversion) };
    const args = { number, raw };
    try {
      const { factors } = await this.#caller.call(GET_SENSOR_READING_FACTORS, args, this.#options);
      return { value: convert(raw, { ...conversion, factors }) };
    } catch (error) {
      if (isOfSensor(error)) return { error };
      throw error;
    }
  }
}

function statusOf(reading: SensorReading | undefined): SensorStatus {
  if (reading === undefined || reading.flags.isUnavailable) return 'unavailable';
  return reading.flags.isScanned ? 'ok' : 'disabled';
}

function needsBridge({ key, owner }: SensorRef): IpmiError {
  const text =
    `sensor ${key}: the controller ${hex(owner.address)} on channel ${owner.channel} ` +
    'has it, to which requests must be bridged; give a way to it as requesterFor';
  return new IpmiError('COMMAND_FAILED', text);
}
