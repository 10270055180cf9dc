/**
 * The SMBIOS structures of type 38, "IPMI Device Information" (IPMI 2.0 §C1), as bytes. Linux shows
 * each structure in a folder of its own, where it has the driver for that, and the whole table
 * always. Firmware's lengths are checked before a byte is read, and each step through the table
 * goes forward.
 */

import { hex } from '../errors.ts';
import type { Files } from '../files.ts';

const ENTRIES = '/sys/firmware/dmi/entries';
const TABLE = '/sys/firmware/dmi/tables/DMI';

export const IPMI_DEVICE = 38;
const END_OF_TABLE = 127;

/** Type, length and handle. */
export const HEADER_BYTES = 4;

/** One structure; what follows it in `bytes` does not belong to it. */
export interface Structure {
  /** The file, or the place in the table. */
  readonly where: string;
  readonly bytes: Uint8Array;
}

/** The structures in the order of the table. */
export interface Structures {
  readonly structures: readonly Structure[];
  /** Where the table is malformed. */
  readonly problems: readonly string[];
  /** Paths that are there and could not be read. */
  readonly unseen: readonly string[];
}

/** Reads all type 38 structures. */
export function readType38(files: Files): Structures {
  const names = files.list(ENTRIES);
  return names.length > 0 ? readEntries(names, files) : readTable(files);
}

function readEntries(names: readonly string[], files: Files): Structures {
  const numbers = names.flatMap((name) => {
    const number = new RegExp(`^${IPMI_DEVICE}-(\\d+)$`).exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  const raws = numbers
    .sort((a, b) => a - b)
    .map((number) => {
      const where = `${ENTRIES}/${IPMI_DEVICE}-${number}/raw`;
      return { where, bytes: files.readBytes(where) };
    });
  return {
    structures: raws.flatMap(({ where, bytes }) => (bytes === undefined ? [] : [{ where, bytes }])),
    problems: [],
    unseen: raws.flatMap(({ where, bytes }) => (bytes === undefined ? [where] : [])),
  };
}

function readTable(files: Files): Structures {
  const table = files.readBytes(TABLE);
  if (table !== undefined) return walkTable(table, TABLE);
  return { structures: [], problems: [], unseen: files.exists(TABLE) ? [TABLE] : [] };
}

/** Walks a whole SMBIOS table; `where` names it. */
export function walkTable(table: Uint8Array, where: string): Structures {
  const structures: Structure[] = [];
  const problems: string[] = [];
  let start = 0;
  while (start + HEADER_BYTES <= table.length) {
    const [type = 0, length = 0] = table.subarray(start);
    if (type === END_OF_TABLE) break;
    const at = `${where} at ${hex(start)}`;
    if (length < HEADER_BYTES) {
      problems.push(`${at}: a structure of ${length} bytes ends the table`);
      break;
    }
    if (type === IPMI_DEVICE) structures.push({ where: at, bytes: table.subarray(start) });
    start = skipStrings(table, start + length);
  }
  return { structures, problems, unseen: [] };
}

/** Strings follow each structure, and two zeros end them, or stand for none. */
function skipStrings(table: Uint8Array, start: number): number {
  for (let at = start; at + 1 < table.length; at += 1) {
    if (table[at] === 0 && table[at + 1] === 0) return at + 2;
  }
  return table.length;
}
