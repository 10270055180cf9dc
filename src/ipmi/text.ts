/**
 * Texts in bytes: the encodings that sensor data records (IPMI 2.0 §43.15) and FRUs (FRU
 * Information Storage Definition 1.3, §13) have in common, and texts of a fixed size.
 */

import { bytes, mapped } from './codec.ts';
import type { Field } from './codec.ts';

/** A byte for each character. */
export function latin1Text(data: Uint8Array): string {
  return Buffer.from(data).toString('latin1');
}

/** Two bytes for each character; a last byte without its other half is left out. */
export function utf16Text(data: Uint8Array): string {
  return Buffer.from(data.subarray(0, data.length & ~1)).toString('utf16le');
}

/** Two digits a byte, the upper one first; `digits` has the characters of all sixteen. */
export function bcdPlusText(data: Uint8Array, digits: string): string {
  return [...data].map((byte) => digits.charAt(byte >> 4) + digits.charAt(byte & 0x0f)).join('');
}

/** The first character of 6-bit ASCII; there are 64. */
const SIX_BIT_FROM = 0x20;

/** Four characters in three bytes, lowest bits first; of characters that are whole, `most`. */
export function sixBitText(data: Uint8Array, most = Infinity): string {
  const length = Math.min(Math.floor((data.length * 8) / 6), most);
  return Array.from({ length }, (_, at) => {
    const [index, shift] = [Math.floor((at * 6) / 8), (at * 6) % 8];
    const pair = (data[index] ?? 0) | ((data[index + 1] ?? 0) << 8);
    return String.fromCharCode(SIX_BIT_FROM + ((pair >> shift) & 0x3f));
  }).join('');
}

/**
 * `count` bytes of text, a byte for each character, with zeros behind it. A text that has no room
 * is a `RangeError`, which shows nothing of it: it may be a secret.
 */
export function paddedText(count: number): Field<string> {
  return mapped(bytes(count), withoutZeros, (text) => {
    if (text.length > count) throw new RangeError(`the text ${tooLong(text.length, count)}`);
    const data = Buffer.from(text, 'latin1');
    if (data.toString('latin1') !== text) {
      throw new RangeError('the text has a character that is more than a byte');
    }
    return Uint8Array.from({ length: count }, (_, at) => data[at] ?? 0);
  });
}

/** The text of bytes with zeros behind it. */
export function withoutZeros(data: Uint8Array): string {
  return latin1Text(data).replace(/\0+$/, '');
}

/** The reason for which a text is not stored in so many bytes; undefined for one that can be. */
export function asciiTrouble(text: string, most: number): string | undefined {
  if (text.length > most) return tooLong(text.length, most);
  return /^[ -~]*$/.test(text) ? undefined : 'has a character that is not printable ASCII';
}

function tooLong(length: number, most: number): string {
  return `has ${length} characters; there is room for ${most}`;
}
