/** `ipmitool fru edit`: gives a field of a FRU (IPMI FRU 1.0 §10 to §12) another text. */

import { StorageCmd } from '../../ipmi/commands.ts';
import { Completion } from '../../ipmi/completion.ts';
import { AREA_UNIT_BYTES, HEADER_BYTES, sumOf } from '../../ipmi/fru-areas.ts';
import { fieldAt } from './fru-fields.ts';
import { fruHeader, openFru } from './fru-print.ts';
import { FruReader, askFru } from './fru-reader.ts';
import type { FruPlace } from './fru-reader.ts';
import { rebuilt } from './fru-rebuild.ts';
import { hex } from './c-text.ts';
import { writeFru } from './fru-writer.ts';

/** An area of text: the byte of the header with its offset, and where its fields begin. */
interface TextArea {
  readonly headerByte: number;
  readonly fieldsAt: number;
}

const AREAS: Readonly<Record<string, TextArea>> = {
  c: { headerByte: 2, fieldsAt: 3 },
  b: { headerByte: 3, fieldsAt: 6 },
  p: { headerByte: 4, fieldsAt: 3 },
};

/** The byte of the header with the offset of the multi-record area. */
const MULTI_BYTE = 5;

/** Bytes at the start of an area that tell its length. */
const START_BYTES = 3;

/** Sets a field: the letter of its area, the digit of its number, and its text. */
export async function editField(
  place: FruPlace,
  [letter = '', digit = '', text = '']: readonly string[],
): Promise<number> {
  const { session } = place;
  // It prints what other commands complain of.
  const printing = { ...session, complain: session.print.bind(session) };
  const reader = await openFru(place, printing);
  const header = reader && (await fruHeader({ ...place, session: printing }, reader));
  if (reader === undefined || header === undefined) return 1;
  const name = letter.slice(0, 1);
  const area = Object.hasOwn(AREAS, name) ? AREAS[name] : undefined;
  if (area === undefined) {
    session.print('Wrong field type.');
    return 1;
  }
  // ipmitool counts from the digit 0, in a byte.
  const index = ((digit.charCodeAt(0) || 0) - '0'.charCodeAt(0)) & 0xff;
  const offset = (header[area.headerByte] ?? 0) * AREA_UNIT_BYTES;
  const start = await reader.part(offset, START_BYTES);
  const length = start.isRead ? (start.bytes[1] ?? 0) * AREA_UNIT_BYTES : 0;
  const whole = await reader.part(offset, length);
  if (!whole.isRead) return 1;
  const field = fieldAt(whole.bytes, area.fieldsAt, index);
  if (field.text === '') {
    session.print('Field not found !\n');
    return 1;
  }
  if (field.text.length !== text.length) {
    session.print('String size are not equal, resizing fru to fit new string\n');
    return await rebuild(place, reader, { header, area, index, text });
  }
  session.print(`Updating Field '${field.text}' with '${text}' ...\n`);
  const bytes = Uint8Array.from(whole.bytes);
  bytes.set(Buffer.from(text, 'latin1').subarray(0, bytes.length - field.at - 1), field.at + 1);
  bytes[length - 1] = -sumOf(bytes.subarray(0, length - 1));
  return await written(place, reader, { offset, bytes });
}

async function written(
  place: FruPlace,
  reader: FruReader,
  patch: { readonly offset: number; readonly bytes: Uint8Array },
): Promise<number> {
  if (await writeFru(place, reader, patch)) return 0;
  place.session.print('Write to FRU data failed.\n');
  return 1;
}

/** The field that gets a text of another length. */
interface Resized {
  readonly header: Uint8Array;
  readonly area: TextArea;
  readonly index: number;
  readonly text: string;
}

/** Writes the whole FRU anew; ipmitool ends with 1 in any case. */
async function rebuild(
  place: FruPlace,
  reader: FruReader,
  { area, ...change }: Resized,
): Promise<number> {
  const { session } = place;
  session.print(`Read All FRU area\nFru Size       : ${reader.size} bytes\n`);
  const all = await reader.part(0, reader.size);
  // ipmitool would write zeros in the place of what it could not read.
  if (!all.isRead) return 1;
  const image = rebuilt(all.bytes, { ...area, ...change });
  session.print(image.told);
  if (image.bytes === undefined) {
    if (image.trouble !== undefined) session.complain(image.trouble);
    return 1;
  }
  session.print('Writing new FRU.\n');
  if ((await written(place, reader, { offset: 0, bytes: image.bytes })) === 0) {
    session.print('Done.\n');
  }
  return 1;
}

/**
 * Changes a maker's record. ipmitool forgets the size of the FRU before it reads the first one, so
 * that it never comes so far; it ends with 0 in any case.
 */
export async function editRecord(place: FruPlace): Promise<number> {
  const { session } = place;
  const reader = await locate(place);
  if (reader === undefined) return 0;
  const reply = await askFru(place, StorageCmd.READ_FRU_DATA, [0, 0, HEADER_BYTES]);
  const code = reply?.completionCode;
  if (code === Completion.TIMEOUT) {
    session.print('  Timeout while reading FRU data. (Device not present?)\n');
  }
  if (reply === undefined || code !== Completion.OK) return 0;
  const [version = 0, ...offsets] = reply.data.subarray(1);
  if (version !== 1) session.print(`  Unknown FRU header version ${hex(version)}.\n`);
  else {
    const forgotten = new FruReader(place, 0, reader.isByWords);
    await forgotten.part((offsets[MULTI_BYTE - 1] ?? 0) * AREA_UNIT_BYTES, 0);
  }
  return 0;
}

async function locate(place: FruPlace): Promise<FruReader | undefined> {
  const info = await askFru(place, StorageCmd.GET_FRU_AREA_INFO);
  const code = info?.completionCode;
  if (code === Completion.OK) {
    const [low = 0, high = 0, access = 0] = info?.data ?? [];
    const size = low | (high << 8);
    return size === 0 ? undefined : new FruReader(place, size, (access & 1) !== 0);
  }
  if (code === Completion.TIMEOUT) {
    place.session.print('  Timeout accessing FRU info. (Device not present?)\n');
  } else if (code !== undefined) place.session.print(`   CCODE = 0x${hex(code)}\n`);
  return undefined;
}
