/** The commands of `ipmitool fru`. */

import { Completion, completionText } from '../../ipmi/completion.ts';
import { GET_DEVICE_ID, Support } from '../../ipmi/device-id.ts';
import { StorageCmd } from '../../ipmi/commands.ts';
import { openOutput } from './c-files.ts';
import { hexUpper } from './c-text.ts';
import { fruHeader, fruName, openFru, printFru, printLocatedFru } from './fru-print.ts';
import { FruReader, askFru } from './fru-reader.ts';
import type { FruPlace } from './fru-reader.ts';
import { ask } from './ask.ts';
import { unsupported } from './unsupported.ts';
import { cByte } from './numbers.ts';
import { Repository } from './sdr-repository.ts';
import type { Entry } from './sdr-repository.ts';
import { say } from './sdr-search.ts';
import { wayTo } from './sensor-reading.ts';
import type { Family, Session } from './session.ts';

const HELP = 'FRU Commands:  print read write upgEkey edit internaluse get';
const MISSING = 'Not enough parameters given.';

/** The usage of commands with a FRU and a file. */
const fileUsage = (command: string): readonly string[] => [
  `fru ${command} <fru id> <fru file>`,
  'Note: FRU ID and file(incl. full path) must be specified.',
  `Example: ipmitool fru ${command} 0 /root/fru.bin`,
];

const EDIT_USAGE = [
  'fru edit <fruid> field <section> <index> <string> - edit FRU string',
  'fru edit <fruid> oem iana <record> <format> <args> - limited OEM support',
];
const GET_USAGE = ['fru get <fruid> oem iana <record> <format> <args> - limited OEM support'];
const INTERNAL_USAGE = [
  'fru internaluse <fru id> info             - get internal use area size',
  'fru internaluse <fru id> print            - print internal use area in hex',
  'fru internaluse <fru id> read  <fru file> - read internal use area to file',
  'fru internaluse <fru id> write <fru file> - write internal use area from file',
];

/** Characters of the name of a file, less than. */
const PATH_CHARS = 512;

/** Units of the offsets in the header. */
const UNIT_BYTES = 8;

const ROW_BYTES = 16;

/** The BMC did not answer in time, which ipmitool takes for a device that is missing. */
const TIMEOUT = 0xc3;

type Command = (session: Session, words: readonly string[]) => Promise<number> | number;

/** Commands by name. */
const COMMANDS: Readonly<Record<string, Command>> = {
  help: (session) => say(session, [HELP], 0),
  print,
  list: print,
  read,
  write: (session, words) => withFile(session, 'write', words),
  upgEkey: (session, words) => withFile(session, 'upgEkey', words),
  edit: (session, words) =>
    limited(session, { name: 'edit', usage: EDIT_USAGE, kinds: ['field', 'oem'] }, words),
  get: (session, words) =>
    limited(session, { name: 'get', usage: GET_USAGE, kinds: ['oem'] }, words),
  internaluse,
};

/** Runs a command. */
export const run: Family = async (session, [command = 'print', ...words]) => {
  const found = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (found !== undefined) return await found(session, words);
  return say(session, [`Invalid FRU command: ${command}`, HELP], 1);
};

async function print(session: Session, [word]: readonly string[]): Promise<number> {
  if (word === undefined) return await printAll(session);
  if (word === 'help') {
    return say(session, ['fru print [fru id] - print information about FRU(s)'], 0);
  }
  const place = placeOf(session, word);
  return place === undefined ? 1 : await printFru(place);
}

function placeOf(session: Session, word: string): FruPlace | undefined {
  const id = cByte(word);
  if (id !== undefined) return { session, requester: session.requester, id };
  session.complain(`FRU ID '${word}' is either invalid or out of range.`);
  return undefined;
}

/** Prints the BMC's own FRU, and all that records name. */
async function printAll(session: Session): Promise<number> {
  session.print('FRU Device Description : Builtin FRU Device (ID 0)\n');
  const { netFn, cmd } = GET_DEVICE_ID;
  const reply = await ask(session, { netFn, cmd });
  if (reply?.completionCode !== Completion.OK) {
    const why = reply === undefined ? '' : `: ${completionText(reply.completionCode)}`;
    return say(session, [`Get Device ID command failed${why}`], 1);
  }
  let exit = 0;
  if (((reply.data[SUPPORT_BYTE] ?? 0) & Support.FRU_INVENTORY) !== 0) {
    exit = await printFru({ session, requester: session.requester, id: 0 });
    session.print('\n');
  }
  const repository = new Repository(session);
  if (!(await repository.start())) return 1;
  for await (const entry of repository.records()) {
    exit = (await printEntry(session, entry)) ?? exit;
  }
  return exit;
}

/** Byte of Get Device ID with the additional device support. */
const SUPPORT_BYTE = 5;

/** Prints the FRU of a record; undefined where the record has none. */
async function printEntry(session: Session, { record }: Entry): Promise<number | undefined> {
  if (record.kind === 'fru-locator') {
    return record.bus.isLogical ? await printLocatedFru(session, record) : undefined;
  }
  if (record.kind !== 'controller-locator') return undefined;
  const address = record.access.address * 2;
  const hasFru = (record.support & Support.FRU_INVENTORY) !== 0;
  if (!hasFru || address === session.choices.target) return undefined;
  session.print(`FRU Device Description : ${fruName(record).padEnd(16)}\n`);
  const requester = wayTo(session, { address, channel: session.choices.channel });
  const exit = await printFru({ session, requester, id: 0 });
  session.print('\n');
  return exit;
}

/** The name of a file; complains where it is none. */
function isFileName(session: Session, path: string): boolean {
  if (path === '') session.complain('File/path is invalid.');
  else if (path.length < PATH_CHARS) return true;
  else session.complain('File/path must be shorter than 512 bytes.');
  return false;
}

async function read(session: Session, [word, path]: readonly string[]): Promise<number> {
  const usage = fileUsage('read');
  if (word === 'help') return say(session, usage, 0);
  if (word === undefined || path === undefined) return say(session, [MISSING, ...usage], 1);
  const place = placeOf(session, word);
  if (place === undefined || !isFileName(session, path)) return 1;
  if (session.choices.verbose > 0) {
    session.print(`FRU ID           : ${place.id}\nFRU File         : ${path}\n`);
  }
  await readToFile(place, path);
  return 0;
}

async function readToFile(place: FruPlace, path: string): Promise<void> {
  const { session } = place;
  const info = await askFru(place, StorageCmd.GET_FRU_AREA_INFO);
  if (info?.completionCode !== Completion.OK) {
    if (info?.completionCode === TIMEOUT) {
      session.print('  Timeout accessing FRU info. (Device not present?)\n');
    }
    return;
  }
  const [low = 0, high = 0, access = 0] = info.data;
  const size = low | (high << 8);
  if (session.choices.verbose > 0) {
    session.print(`Fru Size   = ${size} bytes\nFru Access = ${access & 1}h\n`);
  }
  session.print(`Fru Size         : ${size} bytes\n`);
  const reader = new FruReader(place, size, (access & 1) !== 0);
  const part = await reader.part(0, size);
  const file = openOutput({ ...session, complain: () => undefined }, path);
  if (file === undefined) {
    session.complain(`Error opening file ${path}\n`);
    return;
  }
  file.write(part.isRead ? part.bytes : new Uint8Array(size));
  file.close();
  session.print('Done\n');
}

/** Commands that write a FRU, which is left to ipmitool. */
function withFile(session: Session, command: string, words: readonly string[]): number {
  const [word, path] = words;
  const usage = fileUsage(command);
  if (word === 'help') return say(session, usage, 0);
  if (word === undefined || path === undefined) return say(session, [MISSING, ...usage], 1);
  if (placeOf(session, word) === undefined || !isFileName(session, path)) return 1;
  return say(session, [unsupported(`fru ${command}`)], 1);
}

/** A command that is left to ipmitool. */
interface Limited {
  readonly name: string;
  readonly usage: readonly string[];
  readonly kinds: readonly string[];
}

function limited(session: Session, command: Limited, words: readonly string[]): number {
  const { name, usage, kinds } = command;
  const [word, kind] = words;
  if (word === 'help') return say(session, usage, 0);
  if (word === undefined) return say(session, [MISSING, ...usage], 1);
  if (placeOf(session, word) === undefined) return 1;
  if (kind !== undefined && !kinds.includes(kind)) {
    return say(session, [`Invalid command: ${kind}`, ...usage], 1);
  }
  const isShort = kind === 'field' && words.length !== 5;
  return isShort
    ? say(session, [MISSING, ...usage], 1)
    : say(session, [unsupported(`fru ${name}`)], 1);
}

async function internaluse(session: Session, words: readonly string[]): Promise<number> {
  const [word = '', command, path] = words;
  if (word === 'help') return say(session, INTERNAL_USAGE, 0);
  const needsFile = command === 'read' || command === 'write';
  const isKnown = command === 'info' || command === 'print' || (needsFile && path !== undefined);
  if (!isKnown) {
    const text = 'Either unknown command or not enough parameters given.';
    return say(session, [text, ...INTERNAL_USAGE], 1);
  }
  const place = placeOf(session, word);
  if (place === undefined || (needsFile && !isFileName(session, path ?? ''))) return 1;
  if (command === 'write') return say(session, [unsupported('fru internaluse write')], 1);
  const area = await internalArea(place);
  if (area === undefined) {
    return say(session, ['Cannot access internal use area'], command === 'info' ? 1 : 0);
  }
  session.print(`Internal Use Area Size  : ${area.size}\n`);
  if (command === 'info') return 0;
  return await readInternal(session, area, command === 'read' ? path : undefined);
}

/** The internal use area: the bytes from its offset up to the next area. */
interface InternalArea {
  readonly reader: FruReader;
  readonly offset: number;
  readonly size: number;
}

async function internalArea(place: FruPlace): Promise<InternalArea | undefined> {
  const reader = await openFru(place);
  const header = reader && (await fruHeader(place, reader));
  if (reader === undefined || header === undefined) return undefined;
  const [, internal = 0, ...others] = header;
  const offset = internal * UNIT_BYTES;
  if (internal === 0) return { reader, offset: 0, size: 0 };
  // ipmitool does not look which area is behind this one.
  const next = others.slice(0, 4).find((other) => other !== 0);
  const end = next === undefined ? reader.size : next * UNIT_BYTES;
  return { reader, offset, size: (end - offset) & 0xffff };
}

async function readInternal(
  session: Session,
  { reader, offset, size }: InternalArea,
  path: string | undefined,
): Promise<number> {
  const part = await reader.part(offset, size);
  if (part.isRead && path === undefined) session.print(rowsOf(part.bytes));
  if (part.isRead && path !== undefined) {
    const file = openOutput({ ...session, complain: () => undefined }, path);
    if (file === undefined) return say(session, [`Error opening file ${path}\n`], 1);
    file.write(part.bytes);
    file.close();
    session.print('Done\n');
  }
  session.print('\n');
  return 0;
}

function rowsOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte, index) => {
    const number = String(index / ROW_BYTES).padStart(2, '0');
    return `${index % ROW_BYTES === 0 ? `\n${number}- ` : ''}${hexUpper(byte)} `;
  }).join('');
}
