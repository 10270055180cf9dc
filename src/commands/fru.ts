/**
 * The inventory of a FRU (IPMI 2.0 chapter 34, FRU Information Storage Definition 1.3): chassis,
 * board, product and records.
 */

import { checkInteger } from '../errors.ts';
import {
  AREA_UNIT_BYTES,
  HEADER_BYTES,
  decodeBoard,
  decodeChassis,
  decodeFruHeader,
  decodeProduct,
  sumOf,
} from '../ipmi/fru-areas.ts';
import type {
  FruAreaKind,
  FruBoard,
  FruChassis,
  FruHeader,
  FruProduct,
  Warn,
} from '../ipmi/fru-areas.ts';
import { decode } from '../ipmi/codec.ts';
import { GET_FRU_INFO } from '../ipmi/fru.ts';
import { RECORD_HEADER, RECORD_HEADER_BYTES, decodeFruRecord } from '../ipmi/fru-records.ts';
import type { FruRecord } from '../ipmi/fru-records.ts';
import type { CallOptions, Caller } from './caller.ts';
import { FruImage, PIECE_BYTES } from './fru-image.ts';
import { CALL, checkCalls } from './checked-calls.ts';

/** The areas of a FRU, without what is in them. */
export interface FruAreas {
  readonly fruId: number;
  readonly sizeBytes: number;
  /** It is read in words of two bytes. */
  readonly isByWords: boolean;
  /** Undefined where the FRU is too small for one. */
  readonly header: FruHeader | undefined;
  /** Whatever is not as the definition has it, in words. */
  readonly warnings: readonly string[];
}

/** The inventory of a FRU; areas that it does not have are undefined. */
export interface Fru extends FruAreas {
  readonly chassis: FruChassis | undefined;
  readonly board: FruBoard | undefined;
  readonly product: FruProduct | undefined;
  /** The records of the multi-record area. */
  readonly records: readonly FruRecord[];
}

/** Records of an area at most: more do not fit into 65535 bytes. */
const RECORDS_MAX = 0xffff / RECORD_HEADER_BYTES;

/** Commands of FRUs. */
export class FruInventory {
  static {
    checkCalls(this, (method) => `fru.${method}()`, {
      areas: [undefined, CALL],
      read: [undefined, CALL],
    });
  }

  readonly #caller: Caller;
  /** Becomes smaller when the BMC refuses, and stays so. */
  readonly #piece = { bytes: PIECE_BYTES };

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** The size (§34.1), and where the areas are. Two transactions. */
  async areas(fruId = 0, options: CallOptions = {}): Promise<FruAreas> {
    const { areas } = await this.#begin(fruId, options);
    return areas;
  }

  /**
   * Reads chassis, board, product and records (§34.2); the internal area is not read. Checksums
   * that are wrong, and areas beyond the end, are warnings. Two transactions, one for each area up
   * to the next one, two for the last, one for each record and one more: all for pieces of up to 64
   * bytes, and more of them for areas that are longer, and for a BMC that sends less at once.
   */
  async read(fruId = 0, options: CallOptions = {}): Promise<Fru> {
    const { areas, image, warnings } = await this.#begin(fruId, options);
    const warnOf =
      (kind: string): Warn =>
      (text) =>
        warnings.push(`${kind}: ${text}`);
    const places = areas.header?.areas ?? [];
    const area = async <T>(kind: FruAreaKind, decodeArea: (raw: Uint8Array, warn: Warn) => T) => {
      const offset = places.find((place) => place.kind === kind)?.offset;
      if (offset === undefined) return undefined;
      const behind = places.map((place) => place.offset).filter((one) => one > offset);
      const gap = Math.min(...behind, areas.sizeBytes) - offset;
      const warn = warnOf(kind);
      // The last area says in its second byte where it ends.
      const once = behind.length > 0 ? Math.min(gap, this.#piece.bytes) : AREA_UNIT_BYTES;
      const first = await image.part(offset, once);
      const length = (first[1] ?? 0) * AREA_UNIT_BYTES;
      const raw = await image.part(offset, length);
      if (length === 0) warn('its length is 0');
      else if (raw.length < length) warn(`its ${length} bytes go beyond the end of the FRU`);
      return decodeArea(raw, warn);
    };
    const chassis = await area('chassis', decodeChassis);
    const board = await area('board', decodeBoard);
    const product = await area('product', decodeProduct);
    const recordsAt = places.find(({ kind }) => kind === 'multi-record')?.offset;
    const records = recordsAt === undefined ? [] : await readRecords(image, recordsAt, warnings);
    return { ...areas, chassis, board, product, records };
  }

  async #begin(fruId: number, options: CallOptions) {
    checkInteger('fruId', fruId, { least: 0, most: 0xff });
    const info = await this.#caller.call(GET_FRU_INFO, fruId, options);
    const { sizeBytes, access } = info;
    const source = { caller: this.#caller, fruId, info, piece: this.#piece, options };
    const image = new FruImage(source);
    const warnings: string[] = [];
    const raw = await image.part(0, HEADER_BYTES);
    const isThere = raw.length === HEADER_BYTES;
    if (!isThere) warnings.push(`the FRU has ${sizeBytes} bytes, which are too few for a header`);
    const warn: Warn = (text) => warnings.push(text);
    const header = isThere ? decodeFruHeader(raw, sizeBytes, warn) : undefined;
    const { isByWords } = access;
    const areas: FruAreas = { fruId, sizeBytes, isByWords, header, warnings };
    return { areas, image, warnings };
  }
}

/** Reads record by record, each together with the header of the next one. */
async function readRecords(
  image: FruImage,
  from: number,
  warnings: string[],
): Promise<readonly FruRecord[]> {
  const records: FruRecord[] = [];
  for (let at = from; records.length < RECORDS_MAX;) {
    const warn: Warn = (text) => warnings.push(`record at ${at}: ${text}`);
    const head = await image.part(at, RECORD_HEADER_BYTES);
    if (head.length < RECORD_HEADER_BYTES) {
      warn('its header goes beyond the end of the FRU, and no record before is the last one');
      return records;
    }
    const header = decode(RECORD_HEADER, head);
    const { format, lengthBytes } = header;
    const begin = at + RECORD_HEADER_BYTES;
    const more = format.isLast ? 0 : RECORD_HEADER_BYTES;
    const raw = (await image.part(begin, lengthBytes + more)).subarray(0, lengthBytes);
    if (sumOf(head) !== 0) {
      warn('the checksum of its header is wrong');
      // Its length is believed if the bytes of that length have their checksum.
      if (((sumOf(raw) + header.recordChecksum) & 0xff) !== 0) {
        warn('so is that of its bytes: neither it nor those behind it are told');
        return records;
      }
    }
    if (raw.length < lengthBytes) warn(`its ${lengthBytes} bytes go beyond the end of the FRU`);
    records.push(decodeFruRecord(header, raw, warn));
    if (format.isLast) return records;
    at = begin + lengthBytes;
  }
  return records;
}
