/** The commands of `ipmitool fru`. */

import { GET_DEVICE_ID, Support } from '../../ipmi/device-id.ts';
import { AREA_UNIT_BYTES } from '../../ipmi/fru-areas.ts';
import { openOutput, readInput } from './c-files.ts';
import { hexUpper } from './c-text.ts';
import { fruHeader, fruName, openFru, printFru, printLocatedFru } from './fru-print.ts';
import { editField, editRecord } from './fru-edit.ts';
import { MISSING, isFileName, placeAndFile, placeOf, read, write } from './fru-files.ts';
import type { FruPlace, FruReader } from './fru-reader.ts';
import { writeFru } from './fru-writer.ts';
import { askFor, byteAt } from './ask.ts';
import { unsupported } from './unsupported.ts';
import { Repository } from './sdr-repository.ts';
import type { Entry } from './sdr-repository.ts';
import { say } from './sdr-search.ts';
import { wayTo } from './sensor-reading.ts';
import type { Family, Session } from './session.ts';

const HELP = 'FRU Commands:  print read write upgEkey edit internaluse get';
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

const ROW_BYTES = 16;

type Command = (session: Session, words: readonly string[]) => Promise<number> | number;

/** Commands by name. */
const COMMANDS: Readonly<Record<string, Command>> = {
  help: (session) => say(session, [HELP], 0),
  print,
  list: print,
  read,
  write,
  upgEkey: upgrade,
  edit,
  get,
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

/** Prints the BMC's own FRU, and all that records name. */
async function printAll(session: Session): Promise<number> {
  session.print('FRU Device Description : Builtin FRU Device (ID 0)\n');
  const { netFn, cmd } = GET_DEVICE_ID;
  const reply = await askFor(session, { netFn, cmd }, { text: 'Get Device ID command failed' });
  if (reply === undefined) return 1;
  let exit = 0;
  if ((byteAt(reply, SUPPORT_BYTE) & Support.FRU_INVENTORY) !== 0) {
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

/** Writes the records of a file for AdvancedTCA, which is left to ipmitool. */
function upgrade(session: Session, words: readonly string[]): number {
  const found = placeAndFile(session, 'upgEkey', words);
  return typeof found === 'number' ? found : say(session, [unsupported('fru upgEkey')], 1);
}

/** Sets a field, or changes a maker's record. */
async function edit(session: Session, words: readonly string[]): Promise<number> {
  const [word, kind, ...rest] = words;
  if (word === 'help') return say(session, EDIT_USAGE, 0);
  if (word === undefined) return say(session, [MISSING, ...EDIT_USAGE], 1);
  const place = placeOf(session, word);
  if (place === undefined) return 1;
  if (session.choices.verbose > 0) session.print(`FRU ID           : ${place.id}\n`);
  if (kind === undefined || kind === 'oem') return await editRecord(place);
  if (kind !== 'field') return say(session, [`Invalid command: ${kind}`, ...EDIT_USAGE], 1);
  if (rest.length !== FIELD_WORDS) return say(session, [MISSING, ...EDIT_USAGE], 1);
  return await editField(place, rest);
}

/** Words of a field: its area, its number, and its text. */
const FIELD_WORDS = 3;

/** Prints a maker's record, which is left to ipmitool. */
function get(session: Session, [word, kind]: readonly string[]): number {
  if (word === 'help') return say(session, GET_USAGE, 0);
  if (word === undefined) return say(session, [MISSING, ...GET_USAGE], 1);
  if (placeOf(session, word) === undefined) return 1;
  if (kind !== undefined && kind !== 'oem') {
    return say(session, [`Invalid command: ${kind}`, ...GET_USAGE], 1);
  }
  return say(session, [unsupported('fru get')], 1);
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
  const area = await internalArea(place);
  if (area === undefined) {
    return say(session, ['Cannot access internal use area'], command === 'info' ? 1 : 0);
  }
  session.print(`Internal Use Area Size  : ${area.size}\n`);
  if (command === 'info') return 0;
  if (command === 'write') return await writeInternal(place, area, path ?? '');
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
  const offset = internal * AREA_UNIT_BYTES;
  if (internal === 0) return { reader, offset: 0, size: 0 };
  // ipmitool does not look which area is behind this one.
  const next = others.slice(0, 4).find((other) => other !== 0);
  const end = next === undefined ? reader.size : next * AREA_UNIT_BYTES;
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
    if (!file.close()) return 1;
    session.print('Done\n');
  }
  session.print('\n');
  return 0;
}

/** Writes the area from a file of just its size. */
async function writeInternal(
  place: FruPlace,
  { reader, offset, size }: InternalArea,
  path: string,
): Promise<number> {
  const { session } = place;
  const bytes = readInput({ ...session, complain: () => undefined }, path);
  if (bytes === undefined) return 0;
  say(session, [`File Size: ${bytes.length}`, `Area Size: ${size}`], 0);
  if (bytes.length !== size) return say(session, ['File size does not fit Eeprom Size'], 0);
  await writeFru(place, reader, { offset, bytes });
  return 0;
}

function rowsOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte, index) => {
    const number = String(index / ROW_BYTES).padStart(2, '0');
    return `${index % ROW_BYTES === 0 ? `\n${number}- ` : ''}${hexUpper(byte)} `;
  }).join('');
}
