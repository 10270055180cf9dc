/** The commands of `ipmitool sdr`. */

import { secondsOf } from '../../ipmi/bmc-time.ts';
import { decodeFront, encode } from '../../ipmi/codec.ts';
import { GET_SDR_REPOSITORY_INFO } from '../../ipmi/sdr-commands.ts';
import type { SdrRepositoryInfo } from '../../ipmi/sdr-commands.ts';
import { SDR_HEADER, SDR_HEADER_BYTES } from '../../ipmi/sdr-record.ts';
import type { SdrRecord } from '../../ipmi/sdr-record.ts';
import { askFor, byteAt } from './ask.ts';
import { numericTime } from './bmc-times.ts';
import { openOutput } from './c-files.ts';
import { hex } from './c-text.ts';
import { fill } from './sdr-fill.ts';
import { printRecord } from './sdr-print.ts';
import { byEntity, byName, byType, opened, say, styleOf } from './sdr-search.ts';
import type { Family, Session } from './session.ts';

const USAGE = [
  'usage: sdr <command> [options]',
  '               list | elist [option]',
  '                     all           All SDR Records',
  '                     full          Full Sensor Record',
  '                     compact       Compact Sensor Record',
  '                     event         Event-Only Sensor Record',
  '                     mcloc         Management Controller Locator Record',
  '                     fru           FRU Locator Record',
  '                     generic       Generic Device Locator Record\n',
  '               type [option]',
  '                     <Sensor_Type> Retrieve the state of specified sensor.',
  '                                   Sensor_Type can be specified either as',
  '                                   a string or a hex value.',
  '                     list          Get a list of available sensor types\n',
  '               get <Sensor_ID>',
  '                     Retrieve state of the first sensor matched by Sensor_ID\n',
  '               info',
  '                     Display information about the repository itself\n',
  '               entity <Entity_ID>[.<Instance_ID>]',
  '                     Display all sensors associated with an entity\n',
  '               dump <file>',
  '                     Dump raw SDR data to a file\n',
  '               fill <option>',
  '                     sensors       Creates the SDR repository for the current',
  '                                   configuration',
  '                     nosat         Creates the SDR repository for the current',
  '                                   configuration, without satellite scan',
  '                     file <file>   Load SDR repository from a file',
  '                     range <range> Load SDR repository from a provided list',
  "                                   or range. Use ',' for list or '-' for",
  '                                   range, eg. 0x28,0x32,0x40-0x44',
];

/** Records that `list` shows, by its option; undefined is none. */
const LISTS: Readonly<Record<string, readonly SdrRecord['kind'][] | 'all'>> = {
  all: 'all',
  full: ['full'],
  compact: ['compact'],
  event: ['event-only'],
  mcloc: ['controller-locator'],
  fru: ['fru-locator'],
  generic: ['generic-locator'],
};

const SENSORS: readonly SdrRecord['kind'][] = ['full', 'compact'];

/** Runs a command. */
export const run: Family = async (session, [command, ...words]) => {
  switch (command) {
    case undefined:
      return await printAll(session, SENSORS, session.memory.isExtended);
    case 'help':
      return say(session, USAGE, 0);
    case 'list':
    case 'elist':
      return await list(session, command, words);
    case 'type':
      return await byType(session, words[0]);
    case 'entity':
      return await byEntity(session, words[0]);
    case 'info':
      return await info(session);
    case 'get':
      return await byName(session, words);
    case 'dump':
      return await dump(session, words[0]);
    case 'fill':
      return await fill(session, words);
    default:
      return say(session, [`Invalid SDR command: ${command}`], 1);
  }
};

async function list(
  session: Session,
  command: 'list' | 'elist',
  [option]: readonly string[],
): Promise<number> {
  const isExtended = command === 'elist';
  session.memory.isExtended = isExtended;
  if (option === undefined) return await printAll(session, SENSORS, isExtended);
  const usage = `usage: sdr ${command} [all|full|compact|event|mcloc|fru|generic]`;
  if (option === 'help') return say(session, [usage], 0);
  const kinds = Object.hasOwn(LISTS, option) ? LISTS[option] : undefined;
  if (kinds !== undefined) return await printAll(session, kinds, isExtended);
  return say(session, [`Invalid SDR ${command} command: ${option}`, usage], 1);
}

async function printAll(
  session: Session,
  kinds: readonly SdrRecord['kind'][] | 'all',
  isExtended: boolean,
): Promise<number> {
  const repository = await opened(session);
  if (repository === undefined) return 1;
  const reader = { session, manufacturerId: repository.manufacturerId };
  let exit = 0;
  for await (const found of repository.entries()) {
    if (found.bytes === undefined) {
      session.complain('ipmitool: ipmi_sdr_get_record() failed');
      exit = 1;
    } else if (kinds === 'all' || kinds.includes(found.record.kind)) {
      await printRecord(reader, found.record, styleOf(session, isExtended));
    }
  }
  return exit;
}

async function info(session: Session): Promise<number> {
  const { netFn, cmd, response } = GET_SDR_REPOSITORY_INFO;
  const failing = { text: 'Get SDR Repository Info command failed' };
  const reply = await askFor(session, { netFn, cmd }, failing);
  if (reply === undefined) return 1;
  const whole = Uint8Array.from({ length: INFO_BYTES }, (_, at) => byteAt(reply, at));
  session.print(infoText(decodeFront(response, whole)));
  return 0;
}

const INFO_BYTES = 14;

const FREE: ReadonlyMap<number, string> = new Map([
  [0, 'none (full)'],
  [0xffff, 'unspecified'],
  [0xfffe, '> 64Kb - 2 bytes'],
]);

const UPDATES: Readonly<Record<string, string>> = { both: 'modal and non-modal' };

function infoText({ version, records, freeBytes, support, ...times }: SdrRepositoryInfo): string {
  const yes = (is: boolean): string => (is ? 'yes' : 'no');
  const update = String(support.update);
  const rows: readonly (readonly [title: string, value: string])[] = [
    ['SDR Version', `0x${version.toString(16)}`],
    ['Record Count', String(records)],
    ['Free Space', FREE.get(freeBytes) ?? `${freeBytes} bytes`],
    [
      'Most recent Addition',
      support.canAddPartially ? numericTime(secondsOf(times.lastAdd)) : 'NA',
    ],
    ['Most recent Erase', support.canDelete ? numericTime(secondsOf(times.lastErase)) : 'NA'],
    ['SDR overflow', yes(support.isOverflown)],
    ['SDR Repository Update Support', UPDATES[update] ?? update],
    ['Delete SDR supported', yes(support.canDelete)],
    ['Partial Add SDR supported', yes(support.canAddPartially)],
    ['Reserve SDR repository supported', yes(support.canReserve)],
    ['SDR Repository Alloc info supported', yes(support.hasAllocationInfo)],
  ];
  return rows.map(([title, value]) => `${title.padEnd(35)} : ${value}\n`).join('');
}

async function dump(session: Session, path: string | undefined): Promise<number> {
  const usage = ['Not enough parameters given.', 'usage: sdr dump <file>'];
  if (path === undefined) return say(session, usage, 1);
  const repository = await opened(session);
  if (repository === undefined) return 1;
  session.print(`Dumping Sensor Data Repository to '${path}'\n`);
  const records: Uint8Array[] = [];
  for await (const { header, bytes } of repository.entries()) {
    const id = hex(header.recordId, 4);
    if (session.choices.logs > 0) session.complain(`Record ID ${id} (${header.length} bytes)`);
    const failed = `ipmitool: cannot obtain SDR record ${id}`;
    if (bytes === undefined) return say(session, [failed], 1);
    records.push(Buffer.concat([encode(SDR_HEADER, header), bytes.subarray(SDR_HEADER_BYTES)]));
  }
  const file = openOutput(session, path);
  if (file === undefined) return 1;
  for (const record of records) file.write(record);
  return file.close() ? 0 : 1;
}
