/** Bytes as the field writes codes. */

/** Two hex digits behind `0x`. */
export function hexByte(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}
