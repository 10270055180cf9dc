/** Numbers as ipmitool reads them: those of strtol() with base 0, to the end of the word. */

/** White space, a sign, and hexadecimal, octal or decimal digits (C17 §7.22.1.4). */
const NUMBER = /^[ \t\n\v\f\r]*([+-]?)(?:0x([0-9a-f]+)|0([0-7]*)|([1-9]\d*))$/i;

const BYTE_MAX = 0xff;

/** Reads a number from `least` to `most`; undefined for another one, and for no number. */
export function cNumber(text: string, least: number, most: number): number | undefined {
  const value = valueOf(text);
  return value >= least && value <= most ? value : undefined;
}

/** Reads a number from 0 to 255. */
export function cByte(text: string): number | undefined {
  return cNumber(text, 0, BYTE_MAX);
}

/** Reads a number of 16 bits without a sign. */
export function cShort(text: string): number | undefined {
  return cNumber(text, 0, 0xffff);
}

/** Reads a number of 32 bits with a sign. */
export function cInt(text: string): number | undefined {
  return cNumber(text, -0x8000_0000, 0x7fff_ffff);
}

/** Reads a number of 32 bits without a sign. */
export function cUint(text: string): number | undefined {
  return cNumber(text, 0, 0xffff_ffff);
}

/** True for what strtol() reads to the end, however great it is. */
export function isNumber(text: string): boolean {
  return !Number.isNaN(valueOf(text));
}

function valueOf(text: string): number {
  // strtol() has nothing to complain of in an empty word.
  if (text === '') return 0;
  const [, sign, hex, octal, decimal] = NUMBER.exec(text) ?? [];
  const size =
    hex !== undefined
      ? Number.parseInt(hex, 16)
      : octal !== undefined
        ? Number.parseInt(`0${octal}`, 8)
        : Number(decimal);
  return sign === '-' ? -size : size;
}

/** A number as printf() prints it with `0x%x`. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** The same with `%#x`, which has no prefix before a zero. */
export function sharpHex(value: number): string {
  return value === 0 ? '0' : hex(value);
}
