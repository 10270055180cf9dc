/** Numbers as bytes, the lowest first. */

/** Two bytes. */
export function word(value: number): readonly number[] {
  return [value & 0xff, (value >> 8) & 0xff];
}

/** Four bytes. */
export function long(value: number): readonly number[] {
  return [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
}

/** The number of the first two bytes. */
export function wordOf([low = 0, high = 0]: Iterable<number>): number {
  return low | (high << 8);
}
