/** `ipmitool event SENSOR STATE`: sends the event that a sensor would send in a state. */

import { Completion, completionText } from '../../ipmi/completion.ts';
import { NetFn, SensorCmd } from '../../ipmi/commands.ts';
import { SENSOR_SPECIFIC, THRESHOLD } from '../../ipmi/generic-events.ts';
import { isReadable } from '../../ipmi/sdr-record.ts';
import type { ReadableSdr } from '../../ipmi/sdr-record.ts';
import { byteAt } from './ask.ts';
import { entryOf, refuse } from './choose.ts';
import { sendEvent } from './event-send.ts';
import { stateNames, stateOffset } from './event-words.ts';
import { Repository } from './sdr-repository.ts';
import { findNamed } from './sdr-search.ts';
import { askSensor } from './sensor-reading.ts';
import type { Session } from './session.ts';

/** Revision of events (IPMI 2.0 §29.3). */
const REVISION = 0x04;

/** Direction of an event that ends a state. */
const DEASSERTED = 0x80;

/** Event data 1: data 2 is the reading, and data 3 the threshold (§29.7). */
const HAS_READING_AND_THRESHOLD = 0x50;

/** Event data 2 and 3 of a state. */
const UNSPECIFIED = 0xff;

const BYTE_MAX = 0xff;

/** Hysteresis where the sensor has none. */
const LEAST_STEP = 1;

/** Thresholds by name: its byte in the answer to Get Sensor Thresholds, and its offsets. */
const THRESHOLDS: Readonly<Record<string, { readonly at: number; readonly isUpper: boolean }>> = {
  lnr: { at: 3, isUpper: false },
  lcr: { at: 2, isUpper: false },
  lnc: { at: 1, isUpper: false },
  unc: { at: 4, isUpper: true },
  ucr: { at: 5, isUpper: true },
  unr: { at: 6, isUpper: true },
};

const THRESHOLD_LIST = `Sensor States:
  lnr : Lower Non-Recoverable 
  lcr : Lower Critical
  lnc : Lower Non-Critical
  unc : Upper Non-Critical
  ucr : Upper Critical
  unr : Upper Non-Recoverable
`;

/** Event types whose two states have short names, too, in pairs of offsets 1 and 0. */
const TWO_STATES: ReadonlySet<number> = new Set([0x03, 0x04, 0x05, 0x06, 0x08, 0x09]);
const PAIRS = [
  ['present', 'absent'],
  ['assert', 'deassert'],
  ['limit', 'nolimit'],
  ['fail', 'nofail'],
  ['yes', 'no'],
  ['on', 'off'],
  ['up', 'down'],
] as const;

const LIST = 'list';

/** Sends an event of the sensor of this name, or prints its states; resolves to the exit code. */
export async function sensorEvent(
  session: Session,
  [name = '', state = LIST, direction = 'assert']: readonly string[],
): Promise<number> {
  const isAsserted = direction === 'assert';
  if (!isAsserted && direction !== 'deassert') {
    const text = `Invalid event direction ${direction}.  Must be 'assert' or 'deassert'`;
    return refuse(session, text);
  }
  session.print(`Finding sensor ${name}... `);
  const record = await findNamed(session, new Repository(session), name);
  session.print(record === undefined ? 'not found!\n' : 'ok\n');
  if (record === undefined) return 1;
  if (!isReadable(record)) return refuse(session, `Unknown sensor type for id '${name}'`);
  if (record.eventType === THRESHOLD) {
    return await thresholdEvent(session, { record, state, isAsserted });
  }
  return await stateEvent(session, { record, state, isAsserted });
}

/** A sensor and one of its states. */
interface Wanted {
  readonly record: ReadableSdr;
  readonly state: string;
  readonly isAsserted: boolean;
}

async function stateEvent(session: Session, wanted: Wanted): Promise<number> {
  const { record, state } = wanted;
  const { sensorType, eventType } = record;
  const names = stateNames(sensorType, eventType);
  if (names.length === 0 && eventType !== SENSOR_SPECIFIC) return 1;
  const hasPairs = TWO_STATES.has(eventType);
  if (state.toLowerCase() === LIST) {
    session.print(stateList(names, hasPairs));
    return 0;
  }
  const short = hasPairs ? pairOffset(state) : undefined;
  const offset = short ?? stateOffset({ sensorType, eventType }, state);
  if (offset === undefined) {
    return refuse(session, `Unable to find matching event offset for '${state}'`);
  }
  return await send(session, wanted, [offset, UNSPECIFIED, UNSPECIFIED]);
}

function stateList(names: readonly (string | undefined)[], hasPairs: boolean): string {
  const shown = names.length === 0 ? [''] : names.filter((name) => name !== undefined);
  const states = shown.map((name) => `  ${name}\n`).join('');
  const pairs = PAIRS.map(([one, zero]) => `  ${one.padEnd(10)} ${zero.padEnd(9)}\n`).join('');
  return `Sensor States: \n${states}${hasPairs ? `Sensor State Shortcuts:\n${pairs}` : ''}`;
}

function pairOffset(state: string): number | undefined {
  const wanted = state.toLowerCase();
  if (PAIRS.some(([one]) => one === wanted)) return 1;
  return PAIRS.some(([, zero]) => zero === wanted) ? 0 : undefined;
}

async function thresholdEvent(session: Session, wanted: Wanted): Promise<number> {
  const { record, state, isAsserted } = wanted;
  if (state === LIST) {
    session.print(THRESHOLD_LIST);
    return 1;
  }
  const threshold = entryOf(THRESHOLDS, state);
  if (threshold === undefined) return refuse(session, `Invalid threshold identifier ${state}`);
  const raw = await thresholdOf(session, record, threshold.at);
  if (raw === undefined) return 1;
  const { positive, negative } = await stepsOf(session, record);
  const isHigh = threshold.isUpper === isAsserted;
  const reading = isHigh ? Math.min(raw + positive, BYTE_MAX) : Math.max(raw - negative, 0);
  const offset = (threshold.at - 1) * 2 + (isHigh ? 1 : 0);
  return await send(session, wanted, [HAS_READING_AND_THRESHOLD | offset, reading, raw]);
}

/** A threshold; undefined, with a complaint, where the sensor does not tell it. */
async function thresholdOf(
  session: Session,
  record: ReadableSdr,
  at: number,
): Promise<number | undefined> {
  const question = { netFn: NetFn.SENSOR_EVENT, cmd: SensorCmd.GET_THRESHOLDS };
  const reply = await askSensor(session, record, { ...question, data: [record.number] });
  if (reply?.completionCode === Completion.OK) return byteAt(reply, at);
  const why = reply === undefined ? '' : `: ${completionText(reply.completionCode)}`;
  session.complain(`Command Get Sensor Thresholds failed${why}`);
  return undefined;
}

/** The distances of a reading from a threshold: the hysteresis of the sensor (§35.7). */
async function stepsOf(session: Session, record: ReadableSdr) {
  const question = { netFn: NetFn.SENSOR_EVENT, cmd: SensorCmd.GET_HYSTERESIS };
  const data = [record.number, UNSPECIFIED];
  const reply = await askSensor(session, record, { ...question, data });
  const bytes = reply?.completionCode === Completion.OK ? reply.data : new Uint8Array();
  const [positive = 0, negative = 0] = bytes;
  return {
    positive: Math.max(positive, LEAST_STEP),
    negative: Math.max(negative, LEAST_STEP),
  };
}

async function send(
  session: Session,
  { record, isAsserted }: Wanted,
  data: readonly [number, number, number],
): Promise<number> {
  const { sensorType, number, eventType } = record;
  const type = isAsserted ? eventType : eventType | DEASSERTED;
  return await sendEvent(session, [REVISION, sensorType, number, type, ...data]);
}
