/** `ipmitool fru read` and `write`: a FRU to a file, and from one. */

import { StorageCmd } from '../../ipmi/commands.ts';
import { Completion } from '../../ipmi/completion.ts';
import { openOutput, readInput } from './c-files.ts';
import { FruReader, askFru } from './fru-reader.ts';
import type { FruPlace } from './fru-reader.ts';
import { writeFru } from './fru-writer.ts';
import { cByte } from './numbers.ts';
import { say } from './sdr-search.ts';
import type { Session } from './session.ts';

export const MISSING = 'Not enough parameters given.';

/** The usage of commands with a FRU and a file. */
const fileUsage = (command: string): readonly string[] => [
  `fru ${command} <fru id> <fru file>`,
  'Note: FRU ID and file(incl. full path) must be specified.',
  `Example: ipmitool fru ${command} 0 /root/fru.bin`,
];

/** Characters of the name of a file, less than. */
const PATH_CHARS = 512;

/** The FRU that a word names; complains where it names none. */
export function placeOf(session: Session, word: string): FruPlace | undefined {
  const id = cByte(word);
  if (id !== undefined) return { session, requester: session.requester, id };
  session.complain(`FRU ID '${word}' is either invalid or out of range.`);
  return undefined;
}

/** The name of a file; complains where it is none. */
export function isFileName(session: Session, path: string): boolean {
  if (path === '') session.complain('File/path is invalid.');
  else if (path.length < PATH_CHARS) return true;
  else session.complain('File/path must be shorter than 512 bytes.');
  return false;
}

/** Reads a FRU into a file. */
export async function read(session: Session, words: readonly string[]): Promise<number> {
  const found = placeAndFile(session, 'read', words);
  if (typeof found === 'number') return found;
  tellPlace(found);
  return (await readToFile(found.place, found.path)) ? 0 : 1;
}

/** Writes a FRU from a file; ipmitool ends with 0, whatever becomes of it. */
export async function write(session: Session, words: readonly string[]): Promise<number> {
  const found = placeAndFile(session, 'write', words);
  if (typeof found === 'number') return found;
  tellPlace(found);
  const { place, path } = found;
  const reader = await readerOf(place);
  if (reader === undefined) return 0;
  const bytes = readInput({ ...session, complain: () => undefined }, path)?.subarray(
    0,
    reader.size,
  );
  if (bytes === undefined) return say(session, [`Error opening file ${path}\n`], 0);
  session.print(
    `Fru Size         : ${reader.size} bytes\nSize to Write    : ${bytes.length} bytes\n`,
  );
  if (bytes.length === 0) return 0;
  await writeFru(place, reader, { offset: 0, bytes });
  if (session.choices.logs > 0) session.complain('Done');
  return 0;
}

/** A FRU and a file, as the words of a command name them. */
interface PlaceAndFile {
  readonly place: FruPlace;
  readonly path: string;
}

/** Reads the words of a command; the exit code, with a complaint, where it ends with them. */
export function placeAndFile(
  session: Session,
  command: string,
  [word, path]: readonly string[],
): PlaceAndFile | number {
  const usage = fileUsage(command);
  if (word === 'help') return say(session, usage, 0);
  if (word === undefined || path === undefined) return say(session, [MISSING, ...usage], 1);
  const place = placeOf(session, word);
  return place === undefined || !isFileName(session, path) ? 1 : { place, path };
}

function tellPlace({ place: { session, id }, path }: PlaceAndFile): void {
  if (session.choices.verbose === 0) return;
  session.print(`FRU ID           : ${id}\nFRU File         : ${path}\n`);
}

/** Resolves to false if the file could be made, but not be written. */
async function readToFile(place: FruPlace, path: string): Promise<boolean> {
  const { session } = place;
  const reader = await readerOf(place);
  if (reader === undefined) return true;
  const { size } = reader;
  session.print(`Fru Size         : ${size} bytes\n`);
  const part = await reader.part(0, size);
  const file = openOutput({ ...session, complain: () => undefined }, path);
  if (file === undefined) {
    session.complain(`Error opening file ${path}\n`);
    return true;
  }
  file.write(part.isRead ? part.bytes : new Uint8Array(size));
  const isWhole = file.close();
  if (isWhole) session.print('Done\n');
  return isWhole;
}

/** Finds how long the FRU is; undefined where it is not told. */
async function readerOf(place: FruPlace): Promise<FruReader | undefined> {
  const { session } = place;
  const info = await askFru(place, StorageCmd.GET_FRU_AREA_INFO);
  if (info?.completionCode !== Completion.OK) {
    // ipmitool takes the device for one that is missing.
    if (info?.completionCode === Completion.TIMEOUT) {
      session.print('  Timeout accessing FRU info. (Device not present?)\n');
    }
    return undefined;
  }
  const [low = 0, high = 0, access = 0] = info.data;
  const size = low | (high << 8);
  if (session.choices.verbose > 0) {
    session.print(`Fru Size   = ${size} bytes\nFru Access = ${access & 1}h\n`);
  }
  return new FruReader(place, size, (access & 1) !== 0);
}
