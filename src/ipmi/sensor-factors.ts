/**
 * The factors of a sensor, and the value that a raw reading stands for (IPMI 2.0 §36.3):
 * `y = L[(M·x + B·10^K1)·10^K2]`. The bytes are the same in a full sensor record (§43.1, bytes 25
 * to 30) and in the answer to Get Sensor Reading Factors (§35.5).
 */

import { bits, mapped, range, signed, signedOf, struct, unsignedOf } from './codec.ts';
import type { Field, Reserved } from './codec.ts';

/** M and the tolerance. */
interface Gain {
  /** M, -512..511. */
  readonly m: number;
  /** In halves of a raw count, plus and minus. */
  readonly tolerance: number;
}

/** B and the accuracy. */
interface Offset {
  /** B, -512..511. */
  readonly b: number;
  /** In hundredths of a percent, times ten to `accuracyExponent`. */
  readonly accuracy: number;
  readonly accuracyExponent: number;
  /** 0 unspecified, 1 input, 2 output; it stands there in a record only. */
  readonly direction: number;
}

/** K1 and K2. */
interface Exponents extends Reserved {
  /** K1, of B: -8..7. */
  readonly b: number;
  /** K2, of the result: -8..7. */
  readonly result: number;
}

/** The factors. */
export interface Factors {
  readonly gain: Gain;
  readonly offset: Offset;
  readonly exponents: Exponents;
}

/** Bits of M and of B; the upper two stand in the byte behind the others. */
const SIGNED_BITS = 10;

const GAIN: Field<Gain> = mapped(
  bits({ low: range(0, 8), tolerance: range(8, 6), high: range(14, 2) }, 2),
  ({ low, tolerance, high }) => ({ m: signedOf(high * 0x100 + low, SIGNED_BITS), tolerance }),
  ({ m, tolerance }) => ({ ...split(m), tolerance, reserved: 0 }),
);

const OFFSET: Field<Offset> = mapped(
  bits(
    {
      low: range(0, 8),
      accuracyLow: range(8, 6),
      high: range(14, 2),
      direction: range(16, 2),
      accuracyExponent: range(18, 2),
      accuracyHigh: range(20, 4),
    },
    3,
  ),
  ({ low, high, accuracyLow, accuracyHigh, ...others }) => ({
    b: signedOf(high * 0x100 + low, SIGNED_BITS),
    accuracy: accuracyHigh * 0x40 + accuracyLow,
    accuracyExponent: others.accuracyExponent,
    direction: others.direction,
  }),
  ({ b, accuracy, accuracyExponent, direction }) => ({
    ...split(b),
    accuracyLow: accuracy % 0x40,
    accuracyHigh: Math.floor(accuracy / 0x40),
    accuracyExponent,
    direction,
    reserved: 0,
  }),
);

function split(value: number): { readonly low: number; readonly high: number } {
  const all = unsignedOf(value, SIGNED_BITS);
  return { low: all % 0x100, high: Math.floor(all / 0x100) };
}

/** Six bytes of factors. */
export const FACTORS: Field<Factors> = struct<Factors>({
  gain: GAIN,
  offset: OFFSET,
  exponents: bits({ b: signed(0, 4), result: signed(4, 4) }),
});

/** The form of a raw reading (§43.1, byte 21); `none`: there is no analog reading. */
export type AnalogFormat = 'unsigned' | 'ones-complement' | 'twos-complement' | 'none' | number;

/** The linearization functions by number (§43.1, byte 24). */
export const LINEARIZATIONS: readonly ((x: number) => number)[] = [
  (x) => x,
  Math.log,
  Math.log10,
  Math.log2,
  Math.exp,
  (x) => 10 ** x,
  (x) => 2 ** x,
  (x) => 1 / x,
  (x) => x ** 2,
  (x) => x ** 3,
  Math.sqrt,
  Math.cbrt,
];

/** The first number of a sensor whose factors depend on the reading. */
const NON_LINEAR = 0x70;

/** True if the factors must be asked for each reading (§36.4). */
export function isNonLinear(linearization: number): boolean {
  return linearization >= NON_LINEAR;
}

/** The raw reading as a number with its sign; undefined for a format without a number. */
export function signedReading(raw: number, format: AnalogFormat): number | undefined {
  if (format === 'unsigned') return raw;
  if (format === 'ones-complement') return raw < 0x80 ? raw : raw - 0xff;
  return format === 'twos-complement' ? signedOf(raw, 8) : undefined;
}

/** The means to convert a raw reading. */
export interface Conversion {
  readonly format: AnalogFormat;
  /** 0..11, or non-linear from 0x70 on, whose factors are those of this reading. */
  readonly linearization: number;
  readonly factors: Factors;
}

/**
 * Converts a raw reading; undefined where it stands for no number, as with a linearization that
 * the specification does not define, or with a logarithm of 0.
 */
export function convert(raw: number, conversion: Conversion): number | undefined {
  const { format, linearization, factors } = conversion;
  const x = signedReading(raw, format);
  const curve = LINEARIZATIONS[isNonLinear(linearization) ? 0 : linearization];
  if (x === undefined || curve === undefined) return undefined;
  const value = curve(linear(x, factors));
  return Number.isFinite(value) ? value : undefined;
}

/**
 * `(M·x + B·10^K1)·10^K2`, divided once and by a power of ten, so that 33 and 10^-1 give 3.3 and
 * not the number next to it.
 */
function linear(x: number, { gain: { m }, offset: { b }, exponents }: Factors): number {
  const down = Math.max(0, -exponents.b);
  const sum = m * x * 10 ** down + b * 10 ** Math.max(0, exponents.b);
  const scale = exponents.result - down;
  return scale < 0 ? sum / 10 ** -scale : sum * 10 ** scale;
}

/**
 * Converts a number of raw counts, such as a hysteresis, to a difference of values without a sign;
 * undefined for a sensor whose steps are not all equal.
 */
export function convertCounts(counts: number, conversion: Conversion): number | undefined {
  const { format, linearization, factors } = conversion;
  if (format === 'none' || linearization !== 0) return undefined;
  const offset = { ...factors.offset, b: 0 };
  return Math.abs(linear(counts, { ...factors, offset }));
}
