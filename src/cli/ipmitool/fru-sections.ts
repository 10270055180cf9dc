/** The sections of a FRU (IPMI FRU 1.0 §7): a device may protect each of them against writing. */

import { decode } from '../../ipmi/codec.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import { AREA_UNIT_BYTES, HEADER_BYTES, sumOf } from '../../ipmi/fru-areas.ts';
import { RECORD_HEADER, RECORD_HEADER_BYTES } from '../../ipmi/fru-records.ts';
import { hex } from './c-text.ts';
import type { FruReader } from './fru-reader.ts';
import type { Session } from './session.ts';

/** Bytes up to the next section; a section may not be behind the one before. */
export interface FruSection {
  readonly name: string;
  readonly start: number;
  readonly size: number;
}

const AREAS = ['Internal Use Section', 'Chassis Section', 'Board Section', 'Product Section'];

/** No more records than fit into the longest inventory. */
const RECORDS_MAX = 0x1_0000 / RECORD_HEADER_BYTES;

/** All sections in order; none, with a complaint, where the header cannot be read. */
export async function sectionsOf(
  session: Session,
  reader: FruReader,
): Promise<readonly FruSection[]> {
  const header = await headerOf(session, reader);
  if (header === undefined) return [];
  const starts: { readonly name: string; readonly start: number }[] = [
    { name: 'Common Header Section', start: 0 },
  ];
  for (const [index, name] of AREAS.entries()) {
    const start = (header[index + 1] ?? 0) * AREA_UNIT_BYTES;
    if (start !== 0) starts.push({ name, start });
  }
  const multi = (header[AREAS.length + 1] ?? 0) * AREA_UNIT_BYTES;
  if (multi !== 0) {
    const { records, end } = await recordsFrom(session, reader, multi);
    starts.push(...records);
    if (reader.size > end) starts.push({ name: 'Unused space', start: end });
  }
  return starts.map(({ name, start }, index) => {
    const end = starts[index + 1]?.start ?? reader.size;
    return { name, start, size: (end - start) & 0xffff };
  });
}

async function headerOf(session: Session, reader: FruReader): Promise<Uint8Array | undefined> {
  const reply = await reader.header();
  if (reply?.completionCode !== Completion.OK) {
    const why = reply === undefined ? 'No Response' : completionText(reply.completionCode);
    session.complain(` Device not present (${why})`);
    return undefined;
  }
  const header = reply.data.slice(1, 1 + HEADER_BYTES);
  const [version = 0] = header;
  if (sumOf(header) !== 0) session.complain(' Bad header checksum');
  else if (version !== 1) session.complain(` Unknown FRU header version 0x${hex(version)}`);
  else return header;
  return undefined;
}

/** The records of the multi-record area, and where they end as far as they can be read. */
async function recordsFrom(
  session: Session,
  reader: FruReader,
  from: number,
): Promise<{
  readonly records: readonly { readonly name: string; readonly start: number }[];
  readonly end: number;
}> {
  const records: { readonly name: string; readonly start: number }[] = [];
  let at = from;
  while (records.length < RECORDS_MAX) {
    if (reader.isByWords && at % 2 !== 0) {
      session.complain(` Unaligned offset for a block: ${at}`);
      return { records, end: at + 1 };
    }
    const part = await reader.part(at, RECORD_HEADER_BYTES);
    if (!part.isRead) break;
    const { type, lengthBytes, format } = decode(RECORD_HEADER, part.bytes);
    records.push({ name: `Multi-Rec Area: Type ${type}`, start: at });
    at += RECORD_HEADER_BYTES + lengthBytes;
    if (sumOf(part.bytes) !== 0 || format.isLast || at >= reader.size) break;
  }
  return { records, end: at };
}
