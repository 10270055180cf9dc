/**
 * The areas of a FRU: the header that says where they lie, and chassis, board and product (FRU
 * Information Storage Definition 1.3, §8 and §10 to §12). What is wrong with an area becomes a
 * warning, because wrong checksums are common; the bytes are kept.
 */

import { Reader } from './codec.ts';
import { FIELDS_END, readField } from './fru-text.ts';
import type { FruField } from './fru-text.ts';

/** Kinds of areas, in the order of their offsets in the header. */
export const AREA_KINDS = ['internal', 'chassis', 'board', 'product', 'multi-record'] as const;

export type FruAreaKind = (typeof AREA_KINDS)[number];

/** The place of an area. */
export interface FruAreaPlace {
  readonly kind: FruAreaKind;
  readonly offset: number;
}

/** The header (§8). */
export interface FruHeader {
  /** 1 in the present definition. */
  readonly version: number;
  /** Areas that are there, by their offsets. */
  readonly areas: readonly FruAreaPlace[];
  readonly raw: Uint8Array;
}

/** The chassis (§10). */
export interface FruChassis {
  /** Type as in SMBIOS: 0x17 is a rack mount chassis. */
  readonly type: number;
  readonly partNumber: FruField | undefined;
  readonly serialNumber: FruField | undefined;
  /** The maker's own fields. */
  readonly custom: readonly FruField[];
  readonly raw: Uint8Array;
}

/** The board (§11). */
export interface FruBoard {
  /** Language code; 0 and 25 are English. */
  readonly language: number;
  /** Time of manufacture, seconds since 1970, to the minute; undefined where it is not given. */
  readonly manufacturedAt: number | undefined;
  readonly manufacturer: FruField | undefined;
  readonly productName: FruField | undefined;
  readonly serialNumber: FruField | undefined;
  readonly partNumber: FruField | undefined;
  readonly fileId: FruField | undefined;
  readonly custom: readonly FruField[];
  readonly raw: Uint8Array;
}

/** The product (§12). */
export interface FruProduct {
  readonly language: number;
  readonly manufacturer: FruField | undefined;
  readonly productName: FruField | undefined;
  readonly partNumber: FruField | undefined;
  readonly version: FruField | undefined;
  readonly serialNumber: FruField | undefined;
  readonly assetTag: FruField | undefined;
  readonly fileId: FruField | undefined;
  readonly custom: readonly FruField[];
  readonly raw: Uint8Array;
}

export const HEADER_BYTES = 8;

/** Offsets and lengths of areas count in units of so many bytes. */
export const AREA_UNIT_BYTES = 8;

const VERSION = 1;

/** Bytes before the fields: version, length, and type or language; the board's date is behind. */
const AREA_HEAD_BYTES = 3;
const BOARD_DATE_BYTES = 3;

/** 1996-01-01 00:00 UTC, from which the board's minutes count (§11). */
const MINUTES_FROM_S = 820_454_400;

const ENGLISH = 25;

/** Receives what is wrong, in words. */
export type Warn = (text: string) => void;

/** The sum of bytes, of which a checksum makes 0. */
export function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
}

/** Decodes the header; an area beyond the inventory is a warning, and not told. */
export function decodeFruHeader(raw: Uint8Array, sizeBytes: number, warn: Warn): FruHeader {
  const [version = 0, ...offsets] = raw;
  const isSound = sumOf(raw.subarray(0, HEADER_BYTES)) === 0;
  if (!isSound) warn('the checksum of the header is wrong');
  if ((version & 0x0f) !== VERSION) {
    warn(`the header has version ${version & 0x0f}, and only ${VERSION} is known`);
  }
  const areas: FruAreaPlace[] = [];
  // Nothing in it is as it should be, as in memory that was never written.
  if (!isSound && (version & 0x0f) !== VERSION) return { version: version & 0x0f, areas, raw };
  for (const [at, kind] of AREA_KINDS.entries()) {
    const offset = (offsets[at] ?? 0) * AREA_UNIT_BYTES;
    if (offset === 0) continue;
    if (offset < sizeBytes) areas.push({ kind, offset });
    else warn(`the ${kind} area begins at ${offset}, behind the ${sizeBytes} bytes of the FRU`);
  }
  return { version: version & 0x0f, areas, raw };
}

export function decodeChassis(raw: Uint8Array, warn: Warn): FruChassis {
  // Serial and part numbers are in English, and the chassis names no language.
  const fields = new Fields(raw, { head: AREA_HEAD_BYTES, language: ENGLISH, warn });
  const [partNumber, serialNumber] = [fields.next(), fields.next()];
  return { type: raw[2] ?? 0, partNumber, serialNumber, custom: fields.others(), raw };
}

export function decodeBoard(raw: Uint8Array, warn: Warn): FruBoard {
  const language = raw[2] ?? ENGLISH;
  const fields = new Fields(raw, { head: AREA_HEAD_BYTES + BOARD_DATE_BYTES, language, warn });
  const minutes = (raw[3] ?? 0) | ((raw[4] ?? 0) << 8) | ((raw[5] ?? 0) << 16);
  return {
    language,
    manufacturedAt: minutes === 0 ? undefined : MINUTES_FROM_S + minutes * 60,
    manufacturer: fields.next(),
    productName: fields.next(),
    serialNumber: fields.next(ENGLISH),
    partNumber: fields.next(ENGLISH),
    fileId: fields.next(ENGLISH),
    custom: fields.others(),
    raw,
  };
}

export function decodeProduct(raw: Uint8Array, warn: Warn): FruProduct {
  const language = raw[2] ?? ENGLISH;
  const fields = new Fields(raw, { head: AREA_HEAD_BYTES, language, warn });
  return {
    language,
    manufacturer: fields.next(),
    productName: fields.next(),
    partNumber: fields.next(),
    version: fields.next(),
    serialNumber: fields.next(ENGLISH),
    assetTag: fields.next(),
    fileId: fields.next(ENGLISH),
    custom: fields.others(),
    raw,
  };
}

/** The beginning of an area, and where its trouble goes. */
interface AreaStart {
  readonly head: number;
  readonly language: number;
  readonly warn: Warn;
}

/** Takes the fields of an area one by one, up to the end mark. */
class Fields {
  readonly #from: Reader;
  readonly #language: number;
  readonly #warn: Warn;
  #isOver = false;

  constructor(raw: Uint8Array, { head, language, warn }: AreaStart) {
    if (sumOf(raw) !== 0) warn('its checksum is wrong');
    const version = (raw[0] ?? 0) & 0x0f;
    if (version !== VERSION) warn(`its version is ${version}, and only ${VERSION} is known`);
    // The last byte is the checksum.
    this.#from = new Reader(
      raw.subarray(Math.min(head, raw.length), Math.max(raw.length - 1, head)),
    );
    this.#language = language;
    this.#warn = warn;
  }

  /** The next field; undefined behind the last one. */
  next(language = this.#language): FruField | undefined {
    if (this.#isOver) return undefined;
    if (this.#from.left === 0) {
      this.#end('it has no end mark');
      return undefined;
    }
    const typeLength = this.#from.number(1);
    if (typeLength === FIELDS_END) {
      this.#isOver = true;
      return undefined;
    }
    const wanted = typeLength & 0x3f;
    if (wanted > this.#from.left) {
      this.#end(`a field of ${wanted} bytes goes beyond its end`);
    }
    return readField(typeLength, this.#from, language);
  }

  /** The maker's fields: all that are left. */
  others(): readonly FruField[] {
    const fields: FruField[] = [];
    for (let field = this.next(); field !== undefined; field = this.next()) fields.push(field);
    return fields;
  }

  #end(text: string): void {
    this.#isOver = true;
    this.#warn(text);
  }
}
