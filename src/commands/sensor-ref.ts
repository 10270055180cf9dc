/** Sensors as their records describe them: one, or several that share a record. */

import { hex } from '../errors.ts';
import { entityText } from '../ipmi/entity.ts';
import { THRESHOLD } from '../ipmi/generic-events.ts';
import { sharedName } from '../ipmi/sdr-sensor.ts';
import type { FullSensor, SensorOwner, Sharing } from '../ipmi/sdr-sensor.ts';
import { isReadable } from '../ipmi/sdr-record.ts';
import type { SensorSdr } from '../ipmi/sdr-record.ts';
import type { Conversion } from '../ipmi/sensor-factors.ts';
import { unitText } from '../ipmi/sensor-units.ts';
import { sensorTypeText } from '../ipmi/event-record.ts';

/** The controller that has a sensor. */
export interface Owner {
  /** Address on the IPMB, such as 0x20; or the number of the system software, which is odd. */
  readonly address: number;
  readonly channel: number;
  readonly lun: number;
  readonly isSoftware: boolean;
}

/** A sensor, without its reading. */
export interface SensorRef {
  /** Owner, LUN and number, such as `0x20/0/0x30`: no two sensors of a server have the same. */
  readonly key: string;
  readonly owner: Owner;
  readonly number: number;
  /** As in the record; several sensors may have the same. */
  readonly name: string;
  /** IPMI 2.0 table 42-3. */
  readonly sensorType: number;
  readonly sensorTypeText: string;
  /** 0x01 threshold, 0x02..0x0c generic, 0x6f of the sensor type, 0x70..0x7f OEM. */
  readonly eventType: number;
  readonly entity: { readonly id: number; readonly instance: number; readonly text: string };
  /** Of its value, such as `degrees C`; undefined for a sensor that has states only. */
  readonly unit: string | undefined;
  readonly record: SensorSdr;
}

/** The sensors of a record. */
export function sensorsOf(record: SensorSdr): readonly SensorRef[] {
  if (record.kind === 'full') return [refOf(record, 0, undefined)];
  const { sharing } = record;
  return Array.from({ length: Math.max(1, sharing.count) }, (_, index) =>
    refOf(record, index, sharing),
  );
}

function refOf(record: SensorSdr, index: number, sharing: Sharing | undefined): SensorRef {
  const { sensorType, eventType, entity } = record;
  const owner = ownerOf(record.owner);
  const number = (record.number + index) & 0xff;
  const name = record.name.text;
  const shift = sharing?.countsEntities === true ? index : 0;
  return {
    key: keyOf(owner, number),
    owner,
    number,
    name: sharing === undefined ? name : sharedName(name, sharing, index),
    sensorType,
    sensorTypeText: sensorTypeText(sensorType),
    eventType,
    entity: {
      id: entity.id,
      instance: entity.instance.number + shift,
      text: entityText(entity.id),
    },
    unit: isAnalog(record) ? unitText(record.units) : undefined,
    record,
  };
}

function ownerOf({ id, place }: SensorOwner): Owner {
  const address = (id.id << 1) | Number(id.isSoftware);
  return { address, channel: place.channel, lun: place.lun, isSoftware: id.isSoftware };
}

function keyOf({ address, channel, lun }: Owner, number: number): string {
  const key = `${hex(address, 2)}/${lun}/${hex(number, 2)}`;
  return channel === 0 ? key : `${channel}:${key}`;
}

/**
 * True for a record whose readings stand for a value. Some BMCs leave the format of sensors with
 * states at 0, which would be a number: such a sensor has no unit.
 */
export function isAnalog(record: SensorSdr): record is FullSensor & SensorSdr {
  if (record.kind !== 'full' || record.units.form.format === 'none') return false;
  const { form, base } = record.units;
  return record.eventType === THRESHOLD || base !== 0 || form.isPercentage;
}

/** The conversion of the readings of a sensor; a non-linear one has other factors for each. */
export function conversionOf({ units, linearization, factors }: FullSensor): Conversion {
  return { format: units.form.format, linearization: linearization.kind, factors };
}

/** True for a sensor whose thresholds the BMC gives. */
export function hasThresholds(record: SensorSdr): boolean {
  if (!isReadable(record) || !isAnalog(record) || record.eventType !== THRESHOLD) return false;
  const { thresholds } = record.capabilities;
  return thresholds === 'readable' || thresholds === 'settable';
}

/**
 * The place of the hysteresis of a sensor (§43.1, byte 12): the sensor can be `asked`, or the
 * `record` has it; undefined where there is none that stands for a difference of values.
 */
export function hysteresisIn(record: SensorSdr): 'asked' | 'record' | undefined {
  if (!isReadable(record) || !isAnalog(record) || record.linearization.kind !== 0) return undefined;
  const { hysteresis } = record.capabilities;
  if (hysteresis === 'readable' || hysteresis === 'settable') return 'asked';
  return hysteresis === 'fixed' ? 'record' : undefined;
}
