/** Bytes of a FRU's inventory, made of its parts with their lengths and checksums. */

const text = (words: string): number[] => Array.from(words, (letter) => letter.charCodeAt(0));

/** A field of 8-bit text. */
export function latin(words: string): readonly number[] {
  return [0xc0 | words.length, ...text(words)];
}

/** The byte that makes the sum zero. */
export function checksum(bytes: readonly number[]): number {
  return -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
}

/** An area: `head` stands behind the length, `fields` before the end mark. */
export function area(head: readonly number[], fields: readonly (readonly number[])[]): number[] {
  const body = [...head, ...fields.flat(), 0xc1];
  const units = Math.ceil((body.length + 3) / 8);
  const bytes = [1, units, ...body, ...Array<number>(units * 8 - body.length - 3).fill(0)];
  return [...bytes, checksum(bytes)];
}

/** A record of the multi-record area. */
export function record(type: number, isLast: boolean, data: readonly number[]): number[] {
  const head = [type, isLast ? 0x82 : 0x02, data.length, checksum(data)];
  return [...head, checksum(head), ...data];
}

/** The parts of an inventory; the internal area is of 16 bytes. */
export interface FruParts {
  readonly internal?: readonly number[];
  readonly chassis?: readonly number[];
  readonly board?: readonly number[];
  readonly product?: readonly number[];
  readonly records?: readonly number[];
}

/** The inventory: its header, then the areas in the order of the header. */
export function fruBytesOf(parts: FruParts): Uint8Array {
  const offsets: number[] = [];
  const all: number[] = [];
  for (const name of ['internal', 'chassis', 'board', 'product', 'records'] as const) {
    const bytes = parts[name];
    offsets.push(bytes === undefined ? 0 : 1 + all.length / 8);
    all.push(...(bytes ?? []));
    while (all.length % 8 !== 0) all.push(0);
  }
  const header = [1, ...offsets, 0];
  return Uint8Array.from([...header, checksum(header), ...all]);
}
