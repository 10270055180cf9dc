/** The fields of an area of a FRU (IPMI FRU 1.0 §13) as ipmitool reads them. */

import { FIELDS_END } from '../../ipmi/fru-text.ts';
import { BCD_PLUS } from '../../ipmi/id-string.ts';
import { bcdPlusText, sixBitText } from '../../ipmi/text.ts';
import { cString } from './c-text.ts';

/** A field by its number, from 0 on: where it begins, and its text; empty where there is none. */
export function fieldAt(
  bytes: Uint8Array,
  from: number,
  index: number,
): { readonly at: number; readonly text: string } {
  const fields = new Fields(bytes, from);
  for (let count = 0; count < index; count += 1) fields.next();
  return { at: fields.at, text: fields.next() };
}

/** The fields of an area, one after the other. */
export class Fields {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Where the next field begins. */
  get at(): number {
    return this.#at;
  }

  get hasMore(): boolean {
    return this.#at < this.#bytes.length && this.#bytes[this.#at] !== FIELDS_END;
  }

  /** The text of a field up to a zero; empty where there is none. */
  next(): string {
    const form = this.#bytes[this.#at] ?? 0;
    this.#at += 1;
    const length = form & 0x3f;
    const kind = form >> 6;
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    // A single byte of 6-bit text is no character to ipmitool, which then reads it as a length.
    if (kind === SIX_BIT && length < 2) return '';
    this.#at += length;
    return textOf(kind, bytes);
  }
}

const SIX_BIT = 2;

function textOf(kind: number, bytes: Uint8Array): string {
  if (kind === 0) return Buffer.from(bytes).toString('hex');
  // ipmitool has the digits of sensor data records, which are not quite those of a FRU.
  if (kind === 1) return bcdPlusText(bytes, BCD_PLUS);
  return kind === SIX_BIT ? sixBitText(filled(bytes)) : cString(bytes);
}

/** Bytes with zeros up to the next three, which are four characters to ipmitool. */
function filled(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array(Math.ceil(bytes.length / 3) * 3);
  all.set(bytes);
  return all;
}
