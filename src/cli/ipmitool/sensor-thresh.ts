/** `ipmitool sensor thresh`: sets thresholds of a sensor (IPMI 2.0 §35.8). */

import { Completion, completionText } from '../../ipmi/completion.ts';
import { NetFn, SensorCmd } from '../../ipmi/commands.ts';
import type { ReadableSdr, SdrRecord } from '../../ipmi/sdr-record.ts';
import { cString, decimal, fixed, hex } from './c-text.ts';
import { Repository } from './sdr-repository.ts';
import { findNamed, say } from './sdr-search.ts';
import { askSensor, hasThresholds, thresholdsOf } from './sensor-reading.ts';
import { isDiscrete, rawOf, valueOf } from './sensor-value.ts';
import type { Session } from './session.ts';

const USAGE = [
  'sensor thresh <id> <threshold> <setting>',
  '   id        : name of the sensor for which threshold is to be set',
  '   threshold : which threshold to set',
  '                 unr = upper non-recoverable',
  '                 ucr = upper critical',
  '                 unc = upper non-critical',
  '                 lnc = lower non-critical',
  '                 lcr = lower critical',
  '                 lnr = lower non-recoverable',
  '   setting   : the value to set the threshold to',
  '',
  'sensor thresh <id> lower <lnr> <lcr> <lnc>',
  '   Set all lower thresholds at the same time',
  '',
  'sensor thresh <id> upper <unc> <ucr> <unr>',
  '   Set all upper thresholds at the same time',
  '',
];

type Name = 'lnc' | 'lcr' | 'lnr' | 'unc' | 'ucr' | 'unr';

/** Thresholds by their bits, with their words. */
const THRESHOLDS: readonly (readonly [name: Name, words: string])[] = [
  ['lnc', 'Lower Non-Critical'],
  ['lcr', 'Lower Critical'],
  ['lnr', 'Lower Non-Recoverable'],
  ['unc', 'Upper Non-Critical'],
  ['ucr', 'Upper Critical'],
  ['unr', 'Upper Non-Recoverable'],
];

/** The order of three thresholds that are set at once, and the words for the first three. */
const GROUPS: Readonly<
  Record<'upper' | 'lower', readonly [order: readonly Name[], words: readonly Name[]]>
> = {
  upper: [
    ['unc', 'ucr', 'unr'],
    ['unc', 'ucr', 'unr'],
  ],
  lower: [
    ['lnr', 'lcr', 'lnc'],
    ['lnc', 'lcr', 'lnr'],
  ],
};

/** The thresholds that one must be below, and above, of those that the sensor has. */
const BETWEEN: Readonly<
  Record<Name, { readonly below: readonly Name[]; readonly above: readonly Name[] }>
> = {
  unr: { below: [], above: ['ucr', 'unc'] },
  ucr: { below: ['unr'], above: ['unc'] },
  unc: { below: ['unr', 'ucr'], above: ['lnc'] },
  lnc: { below: ['unc'], above: ['lcr', 'lnr'] },
  lcr: { below: ['lnc'], above: ['lnr'] },
  lnr: { below: ['lnc', 'lcr'], above: [] },
};

type FullSdr = Extract<ReadableSdr, { readonly kind: 'full' }>;

/** A threshold and its value. */
interface Setting {
  readonly name: Name;
  readonly value: number;
}

/** The thresholds that are to be set, or the problem with them. */
type Wanted =
  | { readonly settings: readonly Setting[]; readonly isGroup: boolean }
  | { readonly settings?: undefined; readonly problem: string };

/** Runs the command. */
export async function setThreshold(session: Session, words: readonly string[]): Promise<number> {
  const [id, which, ...values] = words;
  if (id === undefined || which === undefined || values.length === 0 || id === 'help') {
    return say(session, USAGE, 0);
  }
  const wanted = wantedOf(id, which, values);
  if (wanted.settings === undefined) return say(session, [wanted.problem], 1);
  session.print(`Locating sensor record '${id}'...\n`);
  const found = await findNamed(session, new Repository(session), id);
  if (found === undefined) return say(session, ['Sensor data record not found!'], 1);
  const record = thresholdSensor(session, found);
  if (record === undefined) return 1;
  if (!wanted.isGroup && !(await isInOrder(session, record, wanted.settings))) return 1;
  let exit = 0;
  for (const setting of wanted.settings) exit = await set(session, record, setting);
  return exit;
}

function wantedOf(id: string, which: string, values: readonly string[]): Wanted {
  if (which === 'upper') return groupOf('upper', values);
  if (which === 'lower') return groupOf('lower', values);
  const name = THRESHOLDS.map(([one]) => one).find((one) => which === one);
  if (name === undefined) {
    return { problem: `Valid threshold '${which}' for sensor '${id}' not specified!` };
  }
  const [text = ''] = values;
  const value = decimal(text);
  if (value !== undefined) return { settings: [{ name, value }], isGroup: false };
  return { problem: `Given ${which} threshold value '${text}' is invalid.` };
}

function groupOf(group: keyof typeof GROUPS, values: readonly string[]): Wanted {
  const [order, words] = GROUPS[group];
  if (values.length < order.length) {
    const usage = order.map((name) => `<${name}>`).join(' ');
    return { problem: `usage: sensor thresh <id> ${group} ${usage}` };
  }
  const settings: Setting[] = [];
  for (const [index, name] of order.entries()) {
    const text = values[index] ?? '';
    const value = decimal(text);
    if (value === undefined)
      return { problem: `Given ${words[index] ?? ''} '${text}' is invalid.` };
    settings.push({ name, value });
  }
  return { settings, isGroup: true };
}

function thresholdSensor(session: Session, record: SdrRecord): FullSdr | undefined {
  if (record.kind !== 'full') {
    session.complain(`Invalid sensor type ${hex(record.header.type)}`);
    return undefined;
  }
  if (hasThresholds(record)) return record;
  session.complain(`Invalid sensor event type ${hex(record.eventType)}`);
  return undefined;
}

/** True where a threshold stays between its neighbours; complains where it does not. */
async function isInOrder(
  session: Session,
  record: FullSdr,
  [setting]: readonly Setting[],
): Promise<boolean> {
  const answer = await thresholdsOf(session, record);
  if (answer === undefined || setting === undefined) {
    session.complain('Sensor data record not found!');
    return false;
  }
  const { name, value } = setting;
  const has = (other: Name): boolean => ((answer[0] ?? 0) & maskOf(other)) !== 0;
  const now = (other: Name): number =>
    Math.max(0, valueOf(record, answer[1 + indexOf(other)] ?? 0));
  const { below, above } = BETWEEN[name];
  const isWrong =
    below.some((other) => has(other) && value >= now(other)) ||
    above.some((other) => has(other) && value <= now(other));
  if (!has(name) || !isWrong) return true;
  session.complain('Invalid Threshold data values. Cannot Set Threshold Data.');
  return false;
}

async function set(session: Session, record: FullSdr, setting: Setting): Promise<number> {
  const { name, value } = setting;
  const index = indexOf(name);
  const words = THRESHOLDS[index]?.[1] ?? '';
  const title = cString(record.name.bytes);
  session.print(`Setting sensor "${title}" ${words} threshold to ${fixed(value, 3)}\n`);
  const raw = isDiscrete(record) ? clamped(value) : rawOf(record, value);
  const data = [
    record.number,
    maskOf(name),
    ...THRESHOLDS.map((_, at) => (at === index ? raw : 0)),
  ];
  const question = { netFn: NetFn.SENSOR_EVENT, cmd: SensorCmd.SET_THRESHOLDS, data };
  const reply = await askSensor(session, record, question);
  if (reply?.completionCode === Completion.OK) return 0;
  const why = reply === undefined ? '' : `: ${completionText(reply.completionCode)}`;
  session.complain(`Error setting threshold${why}`);
  return 1;
}

function clamped(value: number): number {
  return Math.trunc(Math.min(Math.max(value, 0), 0xff));
}

function indexOf(name: Name): number {
  return THRESHOLDS.findIndex(([one]) => one === name);
}

function maskOf(name: Name): number {
  return 1 << indexOf(name);
}
