/**
 * Fields of a FRU's areas: a byte for type and length, and the text behind it, in one of four
 * encodings (FRU Information Storage Definition 1.3, §13).
 */

import type { Reader } from './codec.ts';
import { bcdPlusText, latin1Text, sixBitText, utf16Text } from './text.ts';

/** The encodings of a field. */
export type FruEncoding = 'binary' | 'bcd-plus' | '6-bit' | 'latin-1' | 'utf-16';

/** One field. */
export interface FruField {
  readonly encoding: FruEncoding;
  /** The text; hexadecimal digits of binary data. */
  readonly text: string;
  readonly raw: Uint8Array;
}

/** The byte in the place of a type and length behind the last field. */
export const FIELDS_END = 0xc1;

/** Language codes of English: the texts are Latin 1 (§15). */
const ENGLISH: ReadonlySet<number> = new Set([0, 25]);

/** Digits of BCD plus; three of its values are reserved. */
const BCD_PLUS = '0123456789 -.???';

/** Reads the field behind a type and length; its bytes may be cut off by the end of the area. */
export function readField(typeLength: number, from: Reader, language: number): FruField {
  const length = Math.min(typeLength & 0x3f, from.left);
  const raw = from.take(length);
  const encoding = encodingOf(typeLength >> 6, raw, language);
  return { encoding, text: textOf(encoding, raw), raw };
}

function encodingOf(type: number, raw: Uint8Array, language: number): FruEncoding {
  if (type === 0) return 'binary';
  if (type === 1) return 'bcd-plus';
  if (type === 2) return '6-bit';
  // An odd number of bytes is no UTF-16, whatever the language says.
  return ENGLISH.has(language) || raw.length % 2 === 1 ? 'latin-1' : 'utf-16';
}

function textOf(encoding: FruEncoding, raw: Uint8Array): string {
  switch (encoding) {
    case 'binary':
      return Buffer.from(raw).toString('hex');
    case 'bcd-plus':
      return bcdPlusText(raw, BCD_PLUS);
    case '6-bit':
      return sixBitText(raw);
    case 'latin-1':
      return latin1Text(raw);
    case 'utf-16':
      return utf16Text(raw);
  }
}
