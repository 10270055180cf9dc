/** Readings of sensors (IPMI 2.0 §35.14), as ipmitool understands them. */

import { bridge } from '../../commands/bridge.ts';
import { decodeFrontOr } from '../../ipmi/codec.ts';
import { Completion } from '../../ipmi/completion.ts';
import { THRESHOLD } from '../../ipmi/generic-events.ts';
import { BMC_ADDRESS } from '../../ipmi/ipmb.ts';
import type { Bridger, Requester } from '../../ipmi/requester.ts';
import type { ReadableSdr } from '../../ipmi/sdr-record.ts';
import {
  GET_SENSOR_READING,
  GET_SENSOR_READING_FACTORS,
  GET_SENSOR_THRESHOLDS,
} from '../../ipmi/sensor-commands.ts';
import { isNonLinear } from '../../ipmi/sensor-factors.ts';
import { ask } from './ask.ts';
import { cString } from './c-text.ts';
import { isDiscrete, unitsText, valueOf, valueText } from './sensor-value.ts';
import type { Scale } from './sensor-value.ts';
import type { Session } from './session.ts';

/** A value with a unit. */
export interface AnalogValue {
  readonly value: number;
  readonly text: string;
  readonly unit: string;
}

/** A reading of a sensor. */
export interface Reading {
  readonly name: string;
  readonly isValid: boolean;
  readonly isScanned: boolean;
  readonly raw: number;
  readonly states: number;
  readonly moreStates: number;
  /** Of a full record: its scale, with the factors of this reading. */
  readonly scale: Scale | undefined;
  readonly analog: AnalogValue | undefined;
}

/** Characters of a name. */
const NAME_CHARS = 16;

/** Characters of a value. */
const VALUE_CHARS = 15;

/** The maker whose sensors have values and states at once (IANA). */
const HP = 11;

/** Bytes of Get Sensor Reading without which there is no reading. */
const READING_BYTES_MIN = 2;

/** True where the sensor compares its reading with thresholds. */
export function hasThresholds({ eventType }: { readonly eventType: number }): boolean {
  return eventType === THRESHOLD;
}

/** The name of a record as it stands there, up to its length. */
export function nameOf({ name }: Pick<ReadableSdr, 'name'>): string {
  return cString(name.bytes.subarray(0, Math.min(name.form.length, NAME_CHARS)));
}

/** A reader of sensors. */
export interface SensorReader {
  readonly session: Session;
  /** IANA's number of the maker of the BMC. */
  readonly manufacturerId: number;
}

/** Reads a sensor; its value has so many digits behind the point. */
export async function readSensor(
  reader: SensorReader,
  record: ReadableSdr,
  digits: number,
): Promise<Reading> {
  const { netFn, cmd } = GET_SENSOR_READING;
  const reply = await askSensor(reader.session, record, { netFn, cmd, data: [record.number] });
  const none = { name: nameOf(record), raw: 0, states: 0, moreStates: 0, analog: undefined };
  const unread = { ...none, isValid: false, isScanned: true, scale: scaleOf(record) };
  const isAnswer =
    reply?.completionCode === Completion.OK && reply.data.length >= READING_BYTES_MIN;
  if (!isAnswer) return unread;
  const { raw, flags, states = 0, moreStates = 0 } = read(reply.data);
  if (!flags.isScanned) return { ...unread, isScanned: false };
  const isValid = !flags.isUnavailable;
  const reading = { ...unread, isValid, raw: isValid ? raw : 0, states, moreStates };
  if (record.kind !== 'full' || !isAnalog(record, reader.manufacturerId)) return reading;
  const scale = await currentScale(reader.session, record, reading.raw);
  if (scale === undefined) return { ...reading, isValid: false };
  return { ...reading, scale, analog: analogOf(scale, isValid ? raw : undefined, digits) };
}

function read(data: Uint8Array) {
  const value = decodeFrontOr(GET_SENSOR_READING.response, data);
  if (value === undefined) throw new Error('bug: a reading of two bytes is not decoded');
  return value;
}

function scaleOf(record: ReadableSdr): Scale | undefined {
  return record.kind === 'full' ? record : undefined;
}

function analogOf(scale: Scale, raw: number | undefined, digits: number): AnalogValue {
  const value = raw === undefined ? 0 : valueOf(scale, raw);
  const text = valueText(value, digits).slice(0, VALUE_CHARS);
  return { value, text, unit: unitsText(scale.units) };
}

type FullSdr = Extract<ReadableSdr, { readonly kind: 'full' }>;

function isAnalog(record: FullSdr, manufacturerId: number): boolean {
  if (isDiscrete(record)) return false;
  if (hasThresholds(record)) return true;
  const { form, base, modifier } = record.units;
  const hasUnits = form.isPercentage || form.modifierUse !== 'none' || (base | modifier) !== 0;
  return hasUnits && manufacturerId === HP;
}

/** The scale with the factors of a reading, which a non-linear sensor is asked for. */
async function currentScale(
  session: Session,
  record: FullSdr,
  raw: number,
): Promise<Scale | undefined> {
  const { kind, reserved } = record.linearization;
  if (reserved !== 0 || !isNonLinear(kind)) return record;
  const { netFn, cmd, response } = GET_SENSOR_READING_FACTORS;
  const { lun } = record.owner.place;
  const reply = await ask(session, { netFn, cmd, lun, data: [record.number, raw] });
  if (reply === undefined) {
    const number = record.number.toString(16).padStart(2, '0');
    const name = cString(record.name.bytes.subarray(0, NAME_CHARS));
    session.complain(`Error updating reading factor for sensor ${name} (#${number})`);
  }
  if (reply?.completionCode !== Completion.OK) return undefined;
  const answer = decodeFrontOr(response, reply.data);
  return answer && { ...record, factors: answer.factors };
}

/** The answer to Get Sensor Thresholds, if there is one: a mask, and six raw values. */
export async function thresholdsOf(
  session: Session,
  record: ReadableSdr,
): Promise<Uint8Array | undefined> {
  const { netFn, cmd } = GET_SENSOR_THRESHOLDS;
  const reply = await askSensor(session, record, { netFn, cmd, data: [record.number] });
  return reply?.completionCode === Completion.OK ? reply.data : undefined;
}

/** Asks the controller that has the sensor, on the sensor's own logical unit. */
export async function askSensor(
  session: Session,
  record: ReadableSdr,
  question: { readonly netFn: number; readonly cmd: number; readonly data: readonly number[] },
) {
  const { lun } = record.owner.place;
  return await ask(session, { ...question, lun, requester: ownerOf(session, record) });
}

/** The way to the sensor's owner. */
function ownerOf(session: Session, { owner }: ReadableSdr): Requester {
  if (owner.id.isSoftware) return session.requester;
  return wayTo(session, { address: owner.id.id * 2, channel: owner.place.channel });
}

/** The way to a controller: a bridge, unless it is the one that is asked anyway. */
export function wayTo(
  { requester, choices }: Session,
  { address, channel }: { readonly address: number; readonly channel: number },
): Requester {
  const isAsked = address === choices.target && channel === choices.channel;
  if (isAsked || address === 0 || (address === BMC_ADDRESS && channel === 0)) return requester;
  // What is behind the BMC is reached through the way to it.
  const isBmc = choices.target === BMC_ADDRESS;
  return isBmc && isBridger(requester) ? bridge(requester, { channel, address }) : requester;
}

function isBridger(requester: Requester): requester is Bridger {
  return 'expectAnswer' in requester;
}
