/** `ipmitool dcmi thermalpolicy` (DCMI 1.5 §6.7). */

import { DcmiCmd } from '../../ipmi/commands.ts';
import { askDcmi } from './dcmi-ask.ts';
import { cByte, cNumber } from './numbers.ts';
import { say } from './sdr-search.ts';
import type { Session } from './session.ts';

const USAGE = [
  '\nthermalpolicy <command>',
  '    get    Get thermal policy',
  '    set    Set thermal policy',
  '',
];

const SET_USAGE = [
  '\nSet thermalpolicy instance parameters: <volatile/nonvolatile/disabled> ' +
    '<poweroff/nopoweroff/disabled> <sel/nosel/disabled> <templimitByte> <exceptionTime>',
  '    volatile    Current Power Cycle',
  '    nonvolatile    Set across power cycles',
  '    poweroff    Hard Power Off system',
  "    nopoweroff    No 'Hard Power Off' action",
  '    sel    Log event to SEL',
  "    nosel    No 'Log event to SEL' action",
  '    disabled    Disabled',
  '',
];

/** Bits of a policy, in the order of the words. */
const PERSISTENT = 0x80;
const POWER_OFF = 0x40;
const LOG_ONLY = 0x20;
const BITS = [PERSISTENT, POWER_OFF, LOG_ONLY];

/** Words that set a bit, each in any place; all others clear it. */
const SETTING = ['nonvolatile', 'poweroff', 'sel'];

const SECONDS_MAX = 0xffff;

/** Bytes of an entity and its instance. */
type Place = readonly [entity: number, instance: number];

/** Runs a command. */
export async function thermal(session: Session, words: readonly string[]): Promise<number> {
  const [word = 'get', ...rest] = words;
  const command = word.toLowerCase();
  if (command !== 'get' && command !== 'set') return say(session, USAGE, 1);
  const isGet = command === 'get';
  if (rest.length < 2) {
    return say(session, [`${isGet ? 'Get' : 'Set'} <entityID> <instanceID>`], 1);
  }
  const entity = byteOf(session, 'Entity ID', rest[0]);
  const instance = entity === undefined ? undefined : byteOf(session, 'Instance ID', rest[1]);
  if (entity === undefined || instance === undefined) return 1;
  const place: Place = [entity, instance];
  return isGet ? await print(session, place) : await change(session, place, rest.slice(2));
}

/** Reads a number; complains of another word. */
function byteOf(session: Session, name: string, word = ''): number | undefined {
  const value = cByte(word);
  if (value === undefined) session.complain(`Given ${name} '${word}' is invalid.`);
  return value;
}

async function print(session: Session, place: Place): Promise<number> {
  const answer = await askDcmi(session, { cmd: DcmiCmd.GET_THERMAL_LIMIT, data: place });
  if (answer === undefined) return 1;
  const bits = answer.readUInt8(1);
  const state = (bit: number): string => ((bits & bit) === 0 ? 'inactive' : 'active');
  session.print(
    `\n    Persistence flag is:                      ${(bits & PERSISTENT) === 0 ? 'notset' : 'set'}` +
      '\n    Exception Actions, taken if the Temperature Limit exceeded:' +
      `\n        Hard Power Off system and log event:  ${state(POWER_OFF)}` +
      `\n        Log event to SEL only:                ${state(LOG_ONLY)}` +
      `\n    Temperature Limit                         ${answer.readUInt8(2)} degrees` +
      `\n    Exception Time                            ${answer.readUInt16LE(3)} seconds\n\n\n`,
  );
  return 0;
}

/** Words of `set`: three of bits, the limit, and the time. */
const SET_WORDS = 5;

async function change(
  session: Session,
  [entity, instance]: Place,
  words: readonly string[],
): Promise<number> {
  if (words.length < SET_WORDS) return say(session, SET_USAGE, 1);
  const isSet = (at: number): boolean => SETTING.includes(words[at]?.toLowerCase() ?? '');
  const bits = BITS.reduce((all, bit, at) => (isSet(at) ? all | bit : all), 0);
  const limit = byteOf(session, 'Temp Limit', words[3]);
  if (limit === undefined) return 1;
  const seconds = cNumber(words[4] ?? '', 0, SECONDS_MAX);
  if (seconds === undefined) {
    return say(session, [`Given Sampling Time '${words[4] ?? ''}' is invalid.`], 1);
  }
  const data = [entity, instance, bits, limit, seconds & 0xff, seconds >> 8];
  const answer = await askDcmi(session, { cmd: DcmiCmd.SET_THERMAL_LIMIT, data });
  if (answer === undefined) return 1;
  const shown = entity.toString(16).toUpperCase();
  session.print(`\nThermal policy ${instance} for ${shown}h entity successfully set.\n\n`);
  return 0;
}
