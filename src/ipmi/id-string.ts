/**
 * Names in sensor data records (IPMI 2.0 §43.15): a byte with the encoding and the length, and the
 * name behind it.
 */

import { bits, choice, mapped, range, rest, struct } from './codec.ts';
import type { Field, Reserved } from './codec.ts';

/** Encoding of the bytes of a name. */
export type IdEncoding = 'unicode' | 'bcd-plus' | '6-bit' | '8-bit' | number;

interface TypeLength extends Reserved {
  readonly encoding: IdEncoding;
  readonly length: number;
}

/** A name as it stands in a record. */
export interface IdString {
  readonly form: TypeLength;
  /** All bytes up to the end of the record, of which `form.length` belong to the name. */
  readonly bytes: Uint8Array;
  readonly text: string;
}

const FORM: Field<TypeLength> = bits({
  length: range(0, 5),
  encoding: choice(6, 2, ['unicode', 'bcd-plus', '6-bit', '8-bit']),
});

/** The digits of BCD plus, in sensor data records. */
const BCD_PLUS = '0123456789 -.:,_';

/** The end of a record. */
export const ID_STRING: Field<IdString> = mapped(
  struct<Omit<IdString, 'text'>>({ form: FORM, bytes: rest }),
  (value) => ({ ...value, text: textOf(value) }),
  ({ form, bytes }) => ({ form, bytes }),
);

/**
 * The text without the blanks and zeros at its end. Characters that would steer a terminal become
 * `?`, because the text comes from a device, and is printed.
 */
function textOf({ form, bytes }: Omit<IdString, 'text'>): string {
  const own = bytes.subarray(0, form.length);
  const text = decoded(own, form);
  const [ended = ''] = text.split('\0');
  return ended.trimEnd().replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '?');
}

function decoded(bytes: Uint8Array, { encoding, length }: TypeLength): string {
  if (encoding === 'unicode') return utf16(bytes);
  if (encoding === 'bcd-plus') return bcdPlus(bytes);
  if (encoding === '6-bit') return sixBit(bytes, length);
  return Buffer.from(bytes).toString('latin1');
}

function utf16(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, bytes.length & ~1)).toString('utf16le');
}

/** Two digits a byte, the upper one first. */
function bcdPlus(bytes: Uint8Array): string {
  const digits = [...bytes].flatMap((byte) => [byte >> 4, byte & 0x0f]);
  return digits.map((digit) => BCD_PLUS.charAt(digit)).join('');
}

/**
 * Four characters in three bytes, lowest bits first. The length counts bytes, but some BMCs count
 * characters, whose bytes are then fewer.
 */
function sixBit(bytes: Uint8Array, length: number): string {
  const count = Math.floor((bytes.length * 8) / 6);
  const chars = bytes.length < length ? Math.min(count, length) : count;
  return Array.from({ length: chars }, (_, at) => {
    const [index, shift] = [Math.floor((at * 6) / 8), (at * 6) % 8];
    const pair = (bytes[index] ?? 0) | ((bytes[index + 1] ?? 0) << 8);
    return String.fromCharCode(0x20 + ((pair >> shift) & 0x3f));
  }).join('');
}
