/** The state of a sensor, and its events, in ipmitool's words. */

import { Completion } from '../../ipmi/completion.ts';
import { NetFn, SensorCmd } from '../../ipmi/commands.ts';
import type { ReadableSdr } from '../../ipmi/sdr-record.ts';
import { sensorTypeName, stateNames } from './event-words.ts';
import { askSensor, hasThresholds } from './sensor-reading.ts';
import type { Reading } from './sensor-reading.ts';
import type { Session } from './session.ts';

/** The form in which states are shown. */
export interface Style {
  readonly verbose: number;
  readonly csv: boolean;
  /** As `elist` shows it. */
  readonly isExtended: boolean;
}

/** Comparisons, the worst first: bit, short word, its first letter for `elist`, long words. */
const COMPARISONS: readonly (readonly [bit: number, word: string, side: string, words: string])[] =
  [
    [0x04, 'nr', 'l', 'Lower Non-Recoverable'],
    [0x20, 'nr', 'u', 'Upper Non-Recoverable'],
    [0x02, 'cr', 'l', 'Lower Critical'],
    [0x10, 'cr', 'u', 'Upper Critical'],
    [0x01, 'nc', 'l', 'Lower Non-Critical'],
    [0x08, 'nc', 'u', 'Upper Non-Critical'],
  ];

const READING_UNAVAILABLE = 0x20;
const EVENTS_ENABLED = 0x80;

/** Bits of the second byte of states; bit 7 is reserved. */
const MORE_STATES = 0x7f;

/** The events of a threshold sensor, by bit. */
const THRESHOLD_EVENTS = 'lnc-|lnc+|lcr-|lcr+|lnr-|lnr+|unc-|unc+|ucr-|ucr+|unr-|unr+'.split('|');

const STATE_INDENT = ' '.repeat(25);

/** The comparison that is the worst; `ok` where no threshold is crossed. */
export function comparison({ isValid, states }: Reading, style: Style, invalid: string): string {
  if (!isValid) return invalid;
  const found = COMPARISONS.find(([bit]) => (states & bit) !== 0);
  if (found === undefined) return 'ok';
  const [, word, side, words] = found;
  if (style.verbose > 0) return words;
  return style.isExtended ? `${side}${word}` : word;
}

/** The types of a sensor and of its states. */
interface Types {
  readonly sensorType: number;
  readonly eventType: number;
}

/** The names of the states that are set. */
export function statesSet(types: Types, low: number, high: number): readonly string[] {
  const set = low | ((high & MORE_STATES) << 8);
  return stateNames(types.sensorType, types.eventType).filter(
    (name, offset): name is string => name !== undefined && (set & (1 << offset)) !== 0,
  );
}

/** A line with a title, and one for each state that is set. */
export function stateLines(
  title: string,
  types: Types,
  [low = 0, high = 0]: readonly number[],
): string {
  const isNone = low === 0 && (high & MORE_STATES) === 0;
  if (isNone || stateNames(types.sensorType, types.eventType).length === 0) return '';
  const head = ` ${title.padEnd(21)} : ${sensorTypeName(types.sensorType)}\n`;
  const lines = statesSet(types, low, high).map((name) => `${STATE_INDENT}[${name}]\n`);
  return head + lines.join('');
}

/** Prints the events that are pending, and those that are enabled. */
export async function printEvents(session: Session, record: ReadableSdr): Promise<void> {
  const status = await events(session, record, SensorCmd.GET_EVENT_STATUS);
  if (status !== undefined) session.print(statusText(record, status));
  const enables = await events(session, record, SensorCmd.GET_EVENT_ENABLE);
  if (enables !== undefined) session.print(enablesText(record, enables));
}

async function events(
  session: Session,
  record: ReadableSdr,
  cmd: number,
): Promise<readonly number[] | undefined> {
  const question = { netFn: NetFn.SENSOR_EVENT, cmd, data: [record.number] };
  const reply = await askSensor(session, record, question);
  return reply?.completionCode === Completion.OK ? [...reply.data] : undefined;
}

function statusText(record: ReadableSdr, status: readonly number[]): string {
  const [flags = 0, ...bytes] = status;
  if ((flags & READING_UNAVAILABLE) !== 0) return ' Event Status          : Unavailable\n';
  const note = disabledNote('Event Status', flags);
  if (!hasThresholds(record)) {
    return note + bothDirections(record, bytes, ['Assertion Events', 'Deassertion Events']);
  }
  const hasDeassertions = bytes.length > 3 ? all(bytes.slice(2, 4)) : any(bytes.slice(2));
  const words = ['Assertion Events', 'Deassertion Events'] as const;
  return note + crossings(bytes, words, hasDeassertions);
}

function enablesText(record: ReadableSdr, enables: readonly number[]): string {
  const [flags = 0, ...bytes] = enables;
  const note = disabledNote('Event Enable', flags);
  if (!hasThresholds(record)) {
    return note + bothDirections(record, bytes, ['Assertions Enabled', 'Deassertions Enabled']);
  }
  const words = ['Assertions Enabled', 'Deassertions Enabled'] as const;
  return note + crossings(bytes, words, any(bytes.slice(2, 4)));
}

function disabledNote(title: string, flags: number): string {
  if ((flags & EVENTS_ENABLED) !== 0) return '';
  return ` ${title.padEnd(21)} : Event Messages Disabled\n`;
}

type Titles = readonly [asserted: string, deasserted: string];

/** Bytes 1 and 2 are of assertions, 3 and 4 of deassertions; each second one may be missing. */
function bothDirections(types: Types, bytes: readonly number[], [one, other]: Titles): string {
  return stateLines(one, types, bytes.slice(0, 2)) + stateLines(other, types, bytes.slice(2, 4));
}

function crossings(bytes: readonly number[], [one, other]: Titles, hasOther: boolean): string {
  const first = ` ${one.padEnd(21)} : ${crossed(bytes.slice(0, 2))}\n`;
  if (bytes.length < 3 || !hasOther) return first;
  return `${first} ${other.padEnd(21)} : ${crossed(bytes.slice(2, 4))}\n`;
}

function crossed([low = 0, high = 0]: readonly number[]): string {
  const set = low | ((high & 0x0f) << 8);
  return THRESHOLD_EVENTS.filter((_, bit) => (set & (1 << bit)) !== 0)
    .map((word) => `${word} `)
    .join('');
}

function any(bytes: readonly number[]): boolean {
  return bytes.some((byte) => byte !== 0);
}

/** Of pending deassertions ipmitool wants both bytes. */
function all(bytes: readonly number[]): boolean {
  return bytes.every((byte) => byte !== 0);
}
