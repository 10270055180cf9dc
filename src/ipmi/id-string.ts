/**
 * Names in sensor data records (IPMI 2.0 §43.15): a byte with the encoding and the length, and the
 * name behind it.
 */

import { bits, choice, mapped, range, rest, struct } from './codec.ts';
import type { Field, Reserved } from './codec.ts';
import { bcdPlusText, latin1Text, sixBitText, utf16Text } from './text.ts';

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
export const BCD_PLUS = '0123456789 -.:,_';

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
  const ended = decoded(own, form).replace(/\0.*/s, '');
  return ended.trimEnd().replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '?');
}

function decoded(bytes: Uint8Array, { encoding, length }: TypeLength): string {
  if (encoding === 'unicode') return utf16Text(bytes);
  if (encoding === 'bcd-plus') return bcdPlusText(bytes, BCD_PLUS);
  // The length counts bytes, but some BMCs count characters, whose bytes are then fewer.
  if (encoding === '6-bit') return sixBitText(bytes, bytes.length < length ? length : undefined);
  return latin1Text(bytes);
}
