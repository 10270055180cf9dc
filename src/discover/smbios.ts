/**
 * SMBIOS type 38, "IPMI Device Information" (IPMI 2.0 §C1, table C1-1). Linux shows each structure
 * in a folder of its own, where it has the driver for that, and the whole table always. What
 * firmware wrote is not trusted: lengths are checked before a byte is read, and each step through
 * the table goes forward.
 */

import { hex } from '../errors.ts';
import type { Files } from '../files.ts';
import { SPACINGS } from '../port/register-block.ts';
import { addressOf, addressProblem, gather, problem, typeOf } from './record.ts';
import type { AddressSpace, Decoded, Testimony } from './record.ts';

const ENTRIES = '/sys/firmware/dmi/entries';
const TABLE = '/sys/firmware/dmi/tables/DMI';

const IPMI_DEVICE = 38;
const END_OF_TABLE = 127;

/** Type, length and handle. */
const HEADER_BYTES = 4;

/** To the end of the base address; the modifier and the interrupt number may be missing. */
const LEAST_BYTES = 0x10;

/** Reads all type 38 structures. */
export function readSmbios(files: Files): Testimony {
  const entries = files.list(ENTRIES);
  return entries.length > 0 ? readEntries(entries, files) : readTable(files);
}

function readEntries(entries: readonly string[], files: Files): Testimony {
  const paths = entries
    .filter((name) => name.startsWith(`${IPMI_DEVICE}-`))
    .map((name) => `${ENTRIES}/${name}/raw`);
  const raws = paths.map((path) => ({ path, bytes: files.readBytes(path) }));
  const decoded = raws.flatMap(({ path, bytes }) =>
    bytes === undefined ? [] : [decodeType38(bytes, path)],
  );
  const unseen = raws.filter(({ bytes }) => bytes === undefined).map(({ path }) => path);
  return gather('smbios', decoded, unseen);
}

function readTable(files: Files): Testimony {
  const table = files.readBytes(TABLE);
  if (table === undefined) return gather('smbios', [], files.exists(TABLE) ? [TABLE] : []);
  return gather('smbios', decodeTable(table, TABLE));
}

/** Walks a whole SMBIOS table and decodes its type 38 structures. */
export function decodeTable(table: Uint8Array, where: string): readonly Decoded[] {
  const decoded: Decoded[] = [];
  let start = 0;
  while (start + HEADER_BYTES <= table.length) {
    const [type = 0, length = 0] = table.subarray(start);
    if (type === END_OF_TABLE) return decoded;
    const at = `${where} at ${hex(start)}`;
    if (length < HEADER_BYTES) {
      decoded.push(problem(`${at}: a structure of ${length} bytes ends the table`));
      return decoded;
    }
    if (type === IPMI_DEVICE) decoded.push(decodeType38(table.subarray(start), at));
    start = skipStrings(table, start + length);
  }
  return decoded;
}

/** Strings follow each structure, and two zeros end them, or stand for none. */
function skipStrings(table: Uint8Array, start: number): number {
  for (let at = start; at + 1 < table.length; at += 1) {
    if (table[at] === 0 && table[at + 1] === 0) return at + 2;
  }
  return table.length;
}

/** Decodes one structure; what follows it in `bytes` is left alone. */
export function decodeType38(bytes: Uint8Array, where: string): Decoded {
  const [type = 0, length = 0] = bytes;
  if (bytes.length < HEADER_BYTES || type !== IPMI_DEVICE) {
    return problem(`${where}: not a structure of type ${IPMI_DEVICE}`);
  }
  if (length < LEAST_BYTES) {
    return problem(`${where}: ${length} bytes, too short for a base address`);
  }
  if (bytes.length < length) {
    return problem(`${where}: cut off after ${bytes.length} of ${length} bytes`);
  }
  const [interfaceType = 0, revision = 0] = bytes.subarray(4);
  const base = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(8, true);
  // The last two fields came later, and read as 0 where they are missing.
  const [modifier = 0, irq = 0] = bytes.subarray(LEAST_BYTES, length);
  const kind = typeOf(interfaceType);
  const { space, address } = kind === 'ssif' ? smbusAddress(base) : baseAddress(base, modifier);
  if (address === undefined) {
    return addressProblem(where, base);
  }
  return {
    kind: 'record',
    record: {
      source: 'smbios',
      where,
      type: kind,
      space,
      address,
      spacing: SPACINGS[modifier >> 6],
      irq: irq === 0 ? undefined : irq,
      ipmiVersion: `${revision >> 4}.${revision & 0x0f}`,
      pciDevice: undefined,
    },
  };
}

interface SpaceAddress {
  readonly space: AddressSpace;
  readonly address: number | undefined;
}

/** Bit 0 says which space; bit 4 of the modifier is the address's own bit 0. */
function baseAddress(base: bigint, modifier: number): SpaceAddress {
  const space = (base & 1n) === 1n ? 'io' : 'memory';
  return { space, address: addressOf((base & ~1n) | BigInt((modifier >> 4) & 1)) };
}

/** For SSIF the field is the BMC's slave address, in bits 7:1. */
function smbusAddress(base: bigint): SpaceAddress {
  return { space: 'smbus', address: Number((base >> 1n) & 0x7fn) };
}
