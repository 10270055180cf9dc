/**
 * Layouts of request and response data as values that read and write: one description of the bytes
 * serves both ways, so that what was decoded can be encoded again, unknown bits included. Numbers
 * of several bytes have their least significant byte first, as everywhere in IPMI (IPMI 2.0 §1.7).
 */

/** Bytes that are not what the layout says. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Reads bytes from the front. */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bytes that were not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Reads `count` bytes into an array of their own; throws a {@link DecodeError} without them. */
  take(count: number): Uint8Array {
    const { length } = this.#bytes;
    if (count > this.left) {
      const wanted = this.#at + count;
      throw new DecodeError(`byte ${length + 1} is missing: there are ${length}, not ${wanted}`);
    }
    this.#at += count;
    return this.#bytes.slice(this.#at - count, this.#at);
  }

  /** Reads an unsigned number of `count` bytes, 1..4. */
  number(count: number): number {
    return this.take(count).reduceRight((sum, byte) => sum * 0x100 + byte, 0);
  }
}

/** Writes bytes behind one another. */
export class Writer {
  readonly #bytes: number[] = [];

  put(bytes: Iterable<number>): void {
    this.#bytes.push(...bytes);
  }

  /** Writes an unsigned number into 1..4 bytes; throws a `RangeError` if it does not fit. */
  number(value: number, count: number): void {
    if (!Number.isInteger(value) || value < 0 || value >= 0x100 ** count) {
      throw new RangeError(`${value} does not fit into ${count} byte(s)`);
    }
    for (let at = 0; at < count; at += 1) this.#bytes.push(Math.floor(value / 0x100 ** at) & 0xff);
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** A part of a layout. */
export interface Field<T> {
  read(from: Reader): T;
  write(value: T, to: Writer): void;
}

function unsigned(count: number): Field<number> {
  return {
    read: (from) => from.number(count),
    write: (value, to) => {
      to.number(value, count);
    },
  };
}

/** Unsigned numbers of one to four bytes. */
export const u8 = unsigned(1);
export const u16 = unsigned(2);
export const u24 = unsigned(3);
export const u32 = unsigned(4);

/** No bytes: a request or a response without data. */
export const nothing: Field<void> = { read: () => undefined, write: () => undefined };

/** So many bytes as they are. */
export function bytes(count: number): Field<Uint8Array> {
  return {
    read: (from) => from.take(count),
    write: (value, to) => {
      if (value.length !== count) throw new RangeError(`${value.length} bytes, not ${count}`);
      to.put(value);
    },
  };
}

/** All bytes that are left, none included. */
export const rest: Field<Uint8Array> = {
  read: (from) => from.take(from.left),
  write: (value, to) => {
    to.put(value);
  },
};

/** The end of a layout that need not be there: `undefined` where no byte is left. */
export function optional<T>(field: Field<T>): Field<T | undefined> {
  return {
    read: (from) => (from.left === 0 ? undefined : field.read(from)),
    write: (value, to) => {
      if (value !== undefined) field.write(value, to);
    },
  };
}

/** So many times the same part. */
export function times<T, Of extends readonly T[] = readonly T[]>(
  count: number,
  field: Field<T>,
): Field<Of> {
  return {
    read: (from) => Array.from({ length: count }, () => field.read(from)) as unknown as Of,
    write: (values, to) => {
      if (values.length !== count) throw new RangeError(`${values.length} parts, not ${count}`);
      for (const value of values) field.write(value, to);
    },
  };
}

/** The same part again and again up to the end. */
export function many<T>(field: Field<T>): Field<readonly T[]> {
  return {
    read: (from) => {
      const values: T[] = [];
      while (from.left > 0) values.push(field.read(from));
      return values;
    },
    write: (values, to) => {
      for (const value of values) field.write(value, to);
    },
  };
}

/** Parts behind one another, each under its name. */
export function struct<T extends object>(fields: {
  readonly [Name in keyof T]: Field<T[Name]>;
}): Field<T> {
  const names = Object.keys(fields) as (keyof T)[];
  return {
    read: (from) => Object.fromEntries(names.map((name) => [name, fields[name].read(from)])) as T,
    write: (value, to) => {
      for (const name of names) fields[name].write(value[name], to);
    },
  };
}

/** Some bits of a number, and how their value is told. */
export interface BitField<T> {
  /** Number of the lowest bit. */
  readonly lowest: number;
  readonly width: number;
  readonly decode: (value: number) => T;
  readonly encode: (value: T) => number;
}

/** One bit: true when it is set. */
export function flag(lowest: number): BitField<boolean> {
  return { lowest, width: 1, decode: (value) => value === 1, encode: Number };
}

/** One bit that says the opposite of its name: true when it is clear. */
export function clearFlag(lowest: number): BitField<boolean> {
  return { lowest, width: 1, decode: (value) => value === 0, encode: (isClear) => +!isClear };
}

/** `width` bits, as an unsigned number. */
export function range(lowest: number, width: number): BitField<number> {
  return { lowest, width, decode: (value) => value, encode: (value) => value };
}

/** `width` bits, as a signed number in two's complement. */
export function signed(lowest: number, width: number): BitField<number> {
  return {
    lowest,
    width,
    decode: (value) => signedOf(value, width),
    encode: (value) => {
      if (value < -(2 ** (width - 1)) || value >= 2 ** (width - 1)) {
        throw new RangeError(`${value} does not fit into ${width} bit(s) with a sign`);
      }
      return unsignedOf(value, width);
    },
  };
}

/** Reads `width` bits, lowest first, as two's complement. */
export function signedOf(value: number, width: number): number {
  return value >= 2 ** (width - 1) ? value - 2 ** width : value;
}

/** The `width` bits of a number in two's complement. */
export function unsignedOf(value: number, width: number): number {
  return value < 0 ? value + 2 ** width : value;
}

/** `width` bits that have names, from value 0 on; a value without a name stays a number. */
export function choice<const Name extends string>(
  lowest: number,
  width: number,
  names: readonly (Name | undefined)[],
): BitField<Name | number> {
  return {
    lowest,
    width,
    decode: (value) => names[value] ?? value,
    encode: (value) => {
      const found = typeof value === 'number' ? value : names.indexOf(value);
      if (found < 0) throw new RangeError(`there is no ${value}`);
      return found;
    },
  };
}

/** Bits that have no name, at their places; 0 where all of those are clear. */
export interface Reserved {
  readonly reserved: number;
}

/** A number of `count` bytes that is made of bit fields; the bits of none of them are kept. */
export function bits<T extends object>(
  fields: { readonly [Name in keyof T]: BitField<T[Name]> },
  count = 1,
): Field<T & Reserved> {
  const names = Object.keys(fields) as (keyof T)[];
  const named = names.reduce((sum, name) => sum + maskOf(fields[name]), 0);
  return {
    read: (from) => {
      const value = from.number(count);
      const parts = names.map((name) => [name, fields[name].decode(partOf(value, fields[name]))]);
      return { ...Object.fromEntries(parts), reserved: without(value, named) } as T & Reserved;
    },
    write: (value, to) => {
      const parts = names.map((name) => shifted(fields[name], value[name]));
      to.number(without(value.reserved, named) + parts.reduce((sum, part) => sum + part, 0), count);
    },
  };
}

/** The bits of `value` that are not in `mask`; both may have 32 bits. */
function without(value: number, mask: number): number {
  return (value & ~mask) >>> 0;
}

function maskOf({ lowest, width }: Pick<BitField<never>, 'lowest' | 'width'>): number {
  return (2 ** width - 1) * 2 ** lowest;
}

function partOf(
  value: number,
  { lowest, width }: Pick<BitField<never>, 'lowest' | 'width'>,
): number {
  return (value >>> lowest) & (2 ** width - 1);
}

function shifted<T>(field: BitField<T>, value: T): number {
  const part = field.encode(value);
  if (Number.isInteger(part) && part >= 0 && part < 2 ** field.width) {
    return part * 2 ** field.lowest;
  }
  throw new RangeError(`${part} does not fit into ${field.width} bit(s)`);
}

/** The same layout under a value that is easier to use. */
export function mapped<From, To>(
  field: Field<From>,
  decode: (value: From) => To,
  encode: (value: To) => From,
): Field<To> {
  return {
    read: (from) => decode(field.read(from)),
    write: (value, to) => {
      field.write(encode(value), to);
    },
  };
}

const WORD = signed(0, 16);

/** A signed number of two bytes. */
export const s16: Field<number> = mapped(u16, WORD.decode, WORD.encode);

/** Writes the bytes of a layout. */
export function encode<T>(field: Field<T>, value: T): Uint8Array {
  const to = new Writer();
  field.write(value, to);
  return to.bytes();
}

/** Reads a layout from all of the bytes; throws a {@link DecodeError} if some are left. */
export function decode<T>(field: Field<T>, data: Uint8Array): T {
  const from = new Reader(data);
  const value = field.read(from);
  if (from.left === 0) return value;
  throw new DecodeError(`there are ${data.length} bytes, ${from.left} more than there can be`);
}

/** Reads a layout from the front, and ignores bytes behind it: later revisions append fields. */
export function decodeFront<T>(field: Field<T>, data: Uint8Array): T {
  return field.read(new Reader(data));
}

/** Reads a layout from all of the bytes; `undefined` where {@link decode} throws. */
export function decodeOrNothing<T>(field: Field<T>, data: Uint8Array): T | undefined {
  try {
    return decode(field, data);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** The same for bytes that need not be the layout: `undefined` where some are missing. */
export function decodeFrontOr<T>(field: Field<T>, data: Uint8Array): T | undefined {
  try {
    return decodeFront(field, data);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
