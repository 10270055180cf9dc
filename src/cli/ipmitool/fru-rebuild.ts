/**
 * Makes the bytes of a FRU in which a field has a text of another length, as ipmitool does: areas
 * behind it move by units of eight bytes where the padding of its own area is not enough.
 */

import { AREA_UNIT_BYTES, HEADER_BYTES, sumOf } from '../../ipmi/fru-areas.ts';
import { fieldAt } from './fru-fields.ts';

/** The field, and its new text. */
export interface FieldChange {
  readonly header: Uint8Array;
  /** The byte of the header with the offset of the area. */
  readonly headerByte: number;
  /** Where fields begin in the area. */
  readonly fieldsAt: number;
  readonly index: number;
  readonly text: string;
}

/** The text that ipmitool prints, and the new bytes, or the reason why there are none. */
export interface Rebuilt {
  readonly told: string;
  readonly bytes?: Uint8Array;
  readonly trouble?: string;
}

const [BOARD_BYTE, PRODUCT_BYTE, MULTI_BYTE] = [3, 4, 5];
const AREA_NAMES: ReadonlyMap<number, string> = new Map([
  [BOARD_BYTE, 'Chassis'],
  [PRODUCT_BYTE, 'Product'],
]);

/** Form of a field with 8-bit text, beside its length. */
const TEXT_FORM = 0xc0;

/** Makes the new bytes. */
export function rebuilt(old: Uint8Array, change: FieldChange): Rebuilt {
  return new Rebuild(old, change).run();
}

class Rebuild {
  readonly #old: Uint8Array;
  readonly #next: Uint8Array;
  readonly #change: FieldChange;
  readonly #header: Uint8Array;
  readonly #offset: number;
  #length: number;
  #padding = 0;
  #told = 'Copy to new FRU\n';

  constructor(old: Uint8Array, change: FieldChange) {
    this.#old = old;
    this.#next = Uint8Array.from(old);
    this.#change = change;
    this.#header = Uint8Array.from(change.header);
    this.#offset = this.#startOf(change.headerByte);
    this.#length = this.#lengthOf(change.headerByte);
  }

  run(): Rebuilt {
    const { fieldsAt, index, text } = this.#change;
    const field = fieldAt(this.#old, this.#offset + fieldsAt, index);
    if (field.text === '') return { told: `${this.#told}Field not found (1)!\n` };
    this.#measure(field);
    if (this.#padding < 0 || this.#padding >= AREA_UNIT_BYTES) {
      const end = this.#resize();
      if (end > this.#old.length) return this.#stopped(`the FRU has ${this.#old.length} bytes`);
    }
    // A field of another form has more characters than bytes, which ipmitool counts as room.
    if (this.#restFrom(field.at) < 0) return this.#stopped(`the area has ${this.#length} bytes`);
    this.#told +=
      `Updating Field : '${field.text}' with '${text}' ... ` +
      `(Length from '${this.#byte(field.at)}' to '${TEXT_FORM + text.length}')\n`;
    this.#put(field);
    return { told: this.#told, bytes: this.#next };
  }

  /** Ends where ipmitool crashes. */
  #stopped(reason: string): Rebuilt {
    return { told: this.#told, trouble: `The text does not fit: ${reason}` };
  }

  /** Bytes behind the new text, up to the checksum. */
  #restFrom(at: number): number {
    return this.#offset + this.#length - 1 - (at + this.#change.text.length + 1);
  }

  #byte(at: number): number {
    return this.#old[at] ?? 0;
  }

  #startOf(headerByte: number): number {
    return (this.#header[headerByte] ?? 0) * AREA_UNIT_BYTES;
  }

  #lengthOf(headerByte: number): number {
    return this.#byte(this.#startOf(headerByte) + 1) * AREA_UNIT_BYTES;
  }

  /** Counts the zeros before the checksum, and what is left of them. */
  #measure({ at, text: before }: { readonly at: number; readonly text: string }): void {
    const { text } = this.#change;
    const end = this.#offset + this.#length;
    let padding = 0;
    while (padding + 2 < this.#length && this.#byte(end - 2 - padding) === 0) padding += 1;
    const change = text.length - before.length;
    this.#padding = padding - change;
    const shown = (at: number): string => this.#byte(at).toString(16);
    this.#told +=
      `Section Length: ${this.#length}\n` +
      `Padding Length: ${padding}\nNumByte Change: ${change}\n` +
      `Start SecChnge: ${shown(at)}\nEnd SecChnge  : ${shown(at + text.length + 1)}\n` +
      `Start Section : ${shown(this.#offset)}\n` +
      `End Sec wo Pad: ${shown(end - 2 - padding)}\nEnd Section   : ${shown(end - 1)}\n` +
      `New Padding Length: ${this.#padding}\n`;
  }

  /** Moves what is behind the area; the end of the last area of text then. */
  #resize(): number {
    const { headerByte } = this.#change;
    const before = this.#startOf(PRODUCT_BYTE) + this.#lengthOf(PRODUCT_BYTE);
    const units =
      this.#padding >= AREA_UNIT_BYTES
        ? -Math.floor(this.#padding / AREA_UNIT_BYTES)
        : 1 - Math.trunc((this.#padding + 1) / AREA_UNIT_BYTES);
    const board = this.#header[BOARD_BYTE] ?? 0;
    this.#length += units * AREA_UNIT_BYTES;
    this.#padding += units * AREA_UNIT_BYTES;
    this.#told +=
      `change_size_by_8: ${units}\nNew Padding Length: ${this.#padding}\n` +
      `change_size_by_8: ${units}\nheader.offset.board: ${board}\n`;
    let productLength = this.#lengthOf(PRODUCT_BYTE);
    for (const moved of [BOARD_BYTE, PRODUCT_BYTE]) {
      if (headerByte < moved) this.#move(moved, units);
    }
    const multi = this.#header[MULTI_BYTE] ?? 0;
    this.#told += `Change multi offset from ${multi} to ${multi + units}\n`;
    this.#header[MULTI_BYTE] = multi + units;
    const lengthAt = this.#offset + 1;
    this.#next[lengthAt] = (this.#next[lengthAt] ?? 0) + units;
    if (headerByte === PRODUCT_BYTE) {
      productLength = (this.#next[lengthAt] ?? 0) * AREA_UNIT_BYTES;
    }
    this.#header[HEADER_BYTES - 1] = -sumOf(this.#header.subarray(0, HEADER_BYTES - 1));
    this.#next.set(this.#header);
    const end = this.#startOf(PRODUCT_BYTE) + productLength;
    this.#told += `Moving Remaining Bytes (Multi-Rec , etc..), from ${before} to ${end}\n`;
    const rest = this.#old.slice(before, before + Math.max(0, this.#old.length - end));
    if (end <= this.#old.length) this.#next.fill(0, end).set(rest, end);
    return end;
  }

  /** Moves an area; ipmitool gives one that is not there an offset, too. */
  #move(headerByte: number, units: number): void {
    const start = this.#startOf(headerByte);
    const end = start + units * AREA_UNIT_BYTES;
    const name = AREA_NAMES.get(headerByte) ?? '';
    this.#told += `Moving Section ${name}, from ${start} to ${end}\n`;
    const bytes = this.#old.subarray(start, start + this.#lengthOf(headerByte));
    if (end >= 0 && end + bytes.length <= this.#next.length) this.#next.set(bytes, end);
    this.#header[headerByte] = (this.#header[headerByte] ?? 0) + units;
  }

  /** Writes the text, the fields behind it, the padding and the checksum. */
  #put({ at, text: before }: { readonly at: number; readonly text: string }): void {
    const { text } = this.#change;
    const end = this.#offset + this.#length;
    const rest = this.#restFrom(at);
    this.#told += `Copying remaining of sections: ${rest} \n`;
    const from = at + 1 + before.length;
    const bytes = [
      TEXT_FORM + text.length,
      ...Buffer.from(text, 'latin1'),
      ...this.#old.slice(from, from + rest),
    ];
    this.#next.set(bytes.slice(0, this.#next.length - at), at);
    this.#next.fill(0, end - 1 - this.#padding, end - 1);
    const sum = sumOf(this.#next.subarray(this.#offset, end - 1));
    this.#next[end - 1] = -sum;
    this.#told += `Calculate New Checksum: ${(-sum >>> 0).toString(16)}\n`;
  }
}
