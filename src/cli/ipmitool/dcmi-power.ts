/** `ipmitool dcmi power` (DCMI 1.5 §6.6): readings, and the limit. */

import { secondsOf } from '../../ipmi/bmc-time.ts';
import { Reader, encode } from '../../ipmi/codec.ts';
import { DcmiCmd } from '../../ipmi/commands.ts';
import { GET_POWER_LIMIT, GET_POWER_READING, NO_POWER_LIMIT } from '../../ipmi/dcmi-power.ts';
import { POWER_MODE, POWER_STATISTICS_MODE, SET_POWER_LIMIT } from '../../ipmi/dcmi-power.ts';
import type { SentPowerReading } from '../../ipmi/dcmi-power.ts';
import { inDcmi } from '../../ipmi/dcmi.ts';
import { numericTime } from './bmc-times.ts';
import { askDcmi } from './dcmi-ask.ts';
import { cUint } from './numbers.ts';
import { say } from './sdr-search.ts';
import type { Session } from './session.ts';

export const POWER_USAGE = [
  '\npower <command>',
  '    reading    Get power related readings from the system',
  '    get_limit    Get the configured power limits',
  '    set_limit    Set a power limit option',
  '    activate    Activate the set power limit',
  '    deactivate    Deactivate the set power limit',
  '',
];

const LIMIT_USAGE = [
  '\nset_limit <parameter> <value>',
  '    action    <no_action | sel_logging | power_off>',
  '    limit    <number in Watts>',
  '    correction    <number in milliseconds>',
  '    sample    <number in seconds>',
  '',
];

/** Sampling periods of enhanced readings. */
const SAMPLES: readonly (readonly [name: string, value: number])[] = [
  ['5_sec', 0x05],
  ['15_sec', 0x0f],
  ['30_sec', 0x1e],
  ['1_min', 0x41],
  ['3_min', 0x43],
  ['7_min', 0x47],
  ['15_min', 0x4f],
  ['30_min', 0x5e],
  ['1_hour', 0x81],
];

/** Actions that are set by name. */
const ACTIONS: Readonly<Record<string, number>> = {
  no_action: 0x00,
  power_off: 0x01,
  sel_logging: 0x11,
};

/** Runs a command. */
export async function power(session: Session, words: readonly string[]): Promise<number> {
  const [command, ...rest] = words;
  switch (command) {
    case 'reading':
      return await reading(session, rest[0]);
    case 'get_limit':
      return await printLimit(session);
    case 'set_limit':
      return await setLimit(session, rest);
    case 'activate':
      return await activate(session, true);
    case 'deactivate':
      return await activate(session, false);
    case undefined:
      return say(session, POWER_USAGE, 1);
    default:
      return say(session, POWER_USAGE, 0);
  }
}

async function reading(session: Session, word: string | undefined): Promise<number> {
  const sample = word === undefined ? 0 : sampleOf(word);
  if (sample === undefined) {
    session.print(`${' | '.repeat(SAMPLES.length - 1)}\n`);
    const names = SAMPLES.map(([name]) => `    ${name}    `);
    return say(session, ['\nInvalid sample time. Valid times are: ', ...names, ''].slice(0, -1), 1);
  }
  const data = [sample === 0 ? POWER_MODE : POWER_STATISTICS_MODE, sample, 0];
  const answer = await askDcmi(session, { cmd: DcmiCmd.GET_POWER_READING, data });
  if (answer === undefined) return 1;
  session.print(readingText(GET_POWER_READING.response.read(new Reader(answer)), sample));
  return 0;
}

function sampleOf(word: string): number | undefined {
  return SAMPLES.find(([name]) => name === word.toLowerCase())?.[1];
}

function readingText(reading: SentPowerReading, sample: number): string {
  const { periodMs, timestamp, state } = reading;
  const watts = (value: number): string => `${String(value).padStart(8)} Watts`;
  const seconds = `${String(Math.floor(periodMs / 1000)).padStart(8, '0')} Seconds.`;
  return (
    '\n' +
    `    Instantaneous power reading:              ${watts(reading.currentWatts)}\n` +
    `    Minimum during sampling period:           ${watts(reading.minimumWatts)}\n` +
    `    Maximum during sampling period:           ${watts(reading.maximumWatts)}\n` +
    `    Average power reading over sample period: ${watts(reading.averageWatts)}\n` +
    // ipmitool has no end of line here.
    `    IPMI timestamp:                           ${numericTime(secondsOf(timestamp))}` +
    `    Sampling period:                          ${sample === 0 ? seconds : periodText(periodMs)}\n` +
    `    Power reading state is:                   ${state.isActive ? 'activated' : 'deactivated'}\n\n`
  );
}

function periodText(period: number): string {
  const name = SAMPLES.find(([, value]) => value === (period & 0xffff))?.[0];
  return `${name ?? `Unknown (0x${(period & 0xffff).toString(16)})`} `;
}

/** The limit: action, watts, correction in milliseconds, and period in seconds. */
interface Limit {
  action: number;
  limit: number;
  correction: number;
  sample: number;
}

async function readLimit(session: Session): Promise<Limit | undefined> {
  const command = { cmd: DcmiCmd.GET_POWER_LIMIT, data: [0, 0], allowed: [NO_POWER_LIMIT] };
  const answer = await askDcmi(session, command);
  if (answer === undefined) return undefined;
  const sent = GET_POWER_LIMIT.response.read(new Reader(answer));
  const { action, limitWatts, correctionMs, periodSeconds } = sent;
  return { action, limit: limitWatts, correction: correctionMs, sample: periodSeconds };
}

async function printLimit(session: Session): Promise<number> {
  const read = await readLimit(session);
  if (read === undefined) return 1;
  const { action, limit, correction, sample } = read;
  session.print(
    '\n' +
      `    Current Limit State: ${limit === 0 ? 'No Active Power Limit' : 'Power Limit Active'}\n` +
      `    Exception actions:   ${actionText(action)}\n` +
      `    Power Limit:         ${limit} Watts\n` +
      `    Correction time:     ${correction} milliseconds\n` +
      `    Sampling period:     ${sample} seconds\n\n`,
  );
  return 0;
}

function actionText(action: number): string {
  if (action === 0x00) return 'No Action';
  if (action === 0x01) return 'Hard Power Off & Log Event to SEL';
  if (action === 0x11) return 'Log Event to SEL';
  const isReserved = action <= 0x10;
  const digits = action.toString(16);
  return isReserved ? `OEM reserved (${digits.padStart(2, '0')}h)` : `Unknown (0x${digits})`;
}

async function setLimit(session: Session, words: readonly string[]): Promise<number> {
  const pairs = Array.from({ length: Math.floor(words.length / 2) }, (_, index) => {
    const [name = '', value = ''] = words.slice(index * 2, index * 2 + 2);
    return [name, value] as const;
  });
  if (pairs.length === 0) return say(session, LIMIT_USAGE, 1);
  // With all four ipmitool does not ask for the limit before.
  if (pairs.length === Object.keys(EMPTY).length) {
    const all = { ...EMPTY };
    for (const pair of pairs) if (!change(session, all, pair)) return 1;
    if (!(await writeLimit(session, all))) return 1;
    return await printLimit(session);
  }
  for (const pair of pairs) {
    const read = await readLimit(session);
    if (read === undefined || !change(session, read, pair)) return 1;
    if (!(await writeLimit(session, read))) return 1;
  }
  return await printLimit(session);
}

const EMPTY: Readonly<Limit> = { action: 0, limit: 0, correction: 0, sample: 0 };

/** Changes one field; false where its name or its value is none. */
function change(
  session: Session,
  limit: Limit,
  [name, text]: readonly [name: string, text: string],
): boolean {
  if (name === 'action') {
    const action = Object.hasOwn(ACTIONS, text) ? ACTIONS[text] : undefined;
    if (action === undefined) return false;
    limit.action = action;
    return true;
  }
  if (name !== 'limit' && name !== 'correction' && name !== 'sample') return false;
  const value = cUint(text);
  if (value === undefined) {
    session.complain(`Given ${name} '${text}' is invalid.`);
    return false;
  }
  limit[name] = value;
  return true;
}

async function writeLimit(session: Session, limit: Limit): Promise<boolean> {
  const setting = {
    ...{ reserved: 0, reservedHigh: 0, reservedToo: 0 },
    action: limit.action,
    limitWatts: limit.limit & 0xffff,
    correctionMs: limit.correction,
    periodSeconds: limit.sample & 0xffff,
  };
  // The group is put in front of it.
  const [, ...data] = encode(SET_POWER_LIMIT.request, inDcmi(setting));
  return (await askDcmi(session, { cmd: DcmiCmd.SET_POWER_LIMIT, data })) !== undefined;
}

async function activate(session: Session, isActive: boolean): Promise<number> {
  const data = [isActive ? 1 : 0, 0, 0];
  const answer = await askDcmi(session, { cmd: DcmiCmd.ACTIVATE_POWER_LIMIT, data });
  if (answer === undefined) return 1;
  session.print(`\n    Power limit successfully ${isActive ? 'activated' : 'deactivated'}\n`);
  return 0;
}
