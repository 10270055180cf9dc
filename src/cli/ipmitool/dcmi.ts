/** The commands of `ipmitool dcmi`. */

import { DcmiCmd } from '../../ipmi/commands.ts';
import { askDcmi } from './dcmi-ask.ts';
import { getConfig, setConfig } from './dcmi-config.ts';
import { discover } from './dcmi-discover.ts';
import { power } from './dcmi-power.ts';
import { sensors } from './dcmi-sensors.ts';
import { thermal } from './dcmi-thermal.ts';
import { say } from './sdr-search.ts';
import type { Family, Session } from './session.ts';

const USAGE = [
  '\nData Center Management Interface commands',
  '    discover    Used to discover supported DCMI capabilities',
  '    power    Platform power limit command options',
  '    sensors    Prints the available DCMI sensors',
  "    asset_tag    Prints the platform's asset tag",
  "    set_asset_tag    Sets the platform's asset tag",
  '    get_mc_id_string    Get management controller ID string',
  '    set_mc_id_string    Set management controller ID string',
  '    thermalpolicy    Thermal policy get/set',
  '    get_temp_reading    Get Temperature Readings',
  '    get_conf_param    Get DCMI Config Parameters',
  '    set_conf_param    Set DCMI Config Parameters',
  '    oob_discover    Ping/Pong Message for DCMI Discovery',
  '',
];

/** Bytes of a text that are read or written at a time, and of all of it. */
const PART_BYTES = 16;
const TEXT_BYTES = 64;

/** Entities with temperatures. */
const ENTITIES: readonly (readonly [id: number, name: string])[] = [
  [0x40, 'Inlet air temperature(40h)'],
  [0x41, 'CPU temperature sensors(41h)'],
  [0x42, 'Baseboard temperature sensors(42h)'],
];

/** Temperatures in an answer, most. */
const SETS = 8;

/** Sensor type: temperature. */
const TEMPERATURE = 0x01;

type Command = (session: Session, words: readonly string[]) => Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = {
  discover,
  power,
  sensors,
  asset_tag: (session) =>
    printText(session, { cmd: DcmiCmd.GET_ASSET_TAG, first: 0, title: 'Asset tag' }),
  set_asset_tag: (session, words) =>
    writeText(session, { cmd: DcmiCmd.SET_ASSET_TAG, end: '', title: 'Set Asset Tag' }, words),
  get_mc_id_string: (session) => {
    const title = 'Get Management Controller Identifier String';
    return printText(session, { cmd: DcmiCmd.GET_CONTROLLER_ID, first: 1, title });
  },
  set_mc_id_string: (session, words) => {
    const title = 'Set Management Controller Identifier String Command';
    return writeText(session, { cmd: DcmiCmd.SET_CONTROLLER_ID, end: '\0', title }, words);
  },
  get_temp_reading: temperatures,
  thermalpolicy: thermal,
  get_conf_param: getConfig,
};

/** Runs a command. */
export const run: Family = async (session, [word = '', ...words]) => {
  const name = word.toLowerCase();
  if (name === 'set_conf_param') return await setConfig(session, words);
  if (name === 'oob_discover') {
    return say(session, ['\nOOB discovery is available only via RMCP interface.'], 1);
  }
  const found = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const isMissing = name.startsWith('set_') && words.length === 0;
  if (found === undefined || isMissing) return say(session, USAGE, 1);
  if (name === 'discover') return await discover(session);
  const exit = await found(session, words);
  const failure = exit === 0 ? undefined : FAILURES[name];
  if (failure !== undefined) return say(session, [`${failure}!`], 1);
  if (name !== 'power' || words.length > 0) session.print('\n');
  return exit;
};

/** Commands that say what failed; the others end with an empty line in any case. */
const FAILURES: Readonly<Record<string, string>> = {
  asset_tag: 'Error getting asset tag',
  set_asset_tag: '\nError setting asset tag',
  get_mc_id_string: 'Error getting management controller identifier string',
  get_conf_param: 'Error Get DCMI Configuration Parameters',
  set_mc_id_string: 'Error setting management controller identifier string',
};

/** A text that is read in parts. */
interface ReadText {
  readonly cmd: number;
  /** Bytes that are asked for at first, to know the length. */
  readonly first: number;
  readonly title: string;
}

async function printText(session: Session, { cmd, first, title }: ReadText): Promise<number> {
  const start = await askDcmi(session, { cmd, data: [0, first] });
  if (start === undefined) return 1;
  const length = start.readUInt8(1);
  session.print(`\n ${title}: `);
  for (let offset = 0; offset < length; offset += PART_BYTES) {
    const count = Math.min(PART_BYTES, length - offset);
    const part = await askDcmi(session, { cmd, data: [offset, count] });
    if (part === undefined) return 1;
    session.print(part.toString('latin1', 2, 2 + count));
  }
  session.print('\n');
  return 0;
}

/** A text that is written in parts. */
interface WrittenText {
  readonly cmd: number;
  /** The character that is written behind it. */
  readonly end: string;
  readonly title: string;
}

async function writeText(
  session: Session,
  { cmd, end, title }: WrittenText,
  [word = '']: readonly string[],
): Promise<number> {
  const bytes = Buffer.from(`${word}${end}`, 'latin1');
  if (bytes.length > TEXT_BYTES) return say(session, ['\nValue is too long.'], 1);
  session.print(`\n ${title}: `);
  for (let offset = 0; offset < bytes.length; offset += PART_BYTES) {
    const part = bytes.subarray(offset, offset + PART_BYTES);
    const answer = await askDcmi(session, { cmd, data: [offset, part.length, ...part] });
    if (answer === undefined) return 1;
    session.print(part.toString('latin1'));
  }
  session.print('\n');
  return 0;
}

async function temperatures(session: Session): Promise<number> {
  session.print('\n\tEntity ID\t\t\tEntity Instance\t   Temp. Readings');
  for (const [entity, name] of ENTITIES) {
    const start = await askDcmi(session, {
      cmd: DcmiCmd.GET_TEMPERATURE_READINGS,
      data: [TEMPERATURE, entity, 0, 0],
    });
    if (start === undefined) continue;
    const total = start.readUInt8(1);
    // ipmitool counts on eight in each answer, however many there are.
    for (let first = 1; first <= total; first += SETS) {
      const data = [TEMPERATURE, entity, 0, first];
      const answer = await askDcmi(session, { cmd: DcmiCmd.GET_TEMPERATURE_READINGS, data });
      if (answer === undefined) break;
      const count = answer.readUInt8(2);
      for (let index = 0; index < count; index += 1) {
        const [value, instance] = [
          answer.readUInt8(3 + index * 2),
          answer.readUInt8(4 + index * 2),
        ];
        const sign = (value & 0x80) === 0 ? '+' : '-';
        session.print(`\n${name}\t\t${instance}\t\t${sign}${value & 0x7f} C`);
      }
    }
  }
  return 0;
}
