/** Numbers and texts as C's printf, strtol and strtod write and read them. */

/** Digits of a fraction that `toFixed` can write. */
const INTEGERS_ONLY = 0;

/** From here on `toFixed` writes an exponent. */
const EXPONENT_FROM = 1e21;

/** A number as `%.*f` writes it: rounded to the nearest, and a half to the even digit. */
export function fixed(value: number, digits: number): string {
  if (Number.isNaN(value)) return '-nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  return `${sign}${magnitude(Math.abs(value), digits)}`;
}

/** The value is a multiple of a power of 1/2: a half of the last digit is one that is exact. */
function magnitude(value: number, digits: number): string {
  if (value >= EXPONENT_FROM) {
    const whole = BigInt(value).toString();
    return digits === INTEGERS_ONLY ? whole : `${whole}.${'0'.repeat(digits)}`;
  }
  const halves = value * 2 ** (digits + 1);
  const units = halves * 5 ** digits;
  const isHalf = Number.isInteger(halves) && Number.isSafeInteger(units) && units % 2 === 1;
  if (!isHalf) return value.toFixed(digits);
  const below = (units - 1) / 2;
  const even = below % 2 === 0 ? below : below + 1;
  return (even / 10 ** digits).toFixed(digits);
}

/** An unsigned number in hex digits, as `%0*x` writes it. */
export function hex(value: number, digits = 2): string {
  return value.toString(16).padStart(digits, '0');
}

/** The same in capitals, as `%0*X` writes it. */
export function hexUpper(value: number, digits = 2): string {
  return hex(value, digits).toUpperCase();
}

/** Bytes up to the first zero, a character each. */
export function cString(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** Characters of a line of the log, at most: the rest of a longer one is left out. */
const LOG_CHARS_MAX = 1023;

/** Lines of the log as ipmitool writes them. */
export function logText(text: string): string {
  const lines = text.split('\n').map((line) => line.slice(0, LOG_CHARS_MAX));
  return `${lines.join('\n')}\n`;
}

/** True where a text equals another in its first `count` characters, as strncmp says. */
export function startsAlike(one: string, other: string, count: number): boolean {
  return one.slice(0, count) === other.slice(0, count);
}

/** White space and a sign, then digits with an exponent: of ten, or of two if hexadecimal. */
const DECIMAL = /^[\t-\r ]*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?)$/i;
const HEXADECIMAL = /^[\t-\r ]*([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?[0-9]+))?$/i;
const INFINITE = /^[\t-\r ]*([+-]?)inf(?:inity)?$/i;

/** The least number that a double has with all its digits. */
const LEAST_NORMAL = 2 ** -1022;

const BITS_PER_DIGIT = 4;

/**
 * Reads a number as strtod does; undefined where something is behind it, where it is too great or
 * too small for a double, and for `nan`.
 */
export function decimal(text: string): number | undefined {
  if (text === '') return 0;
  const [, digits] = DECIMAL.exec(text) ?? [];
  if (digits !== undefined) return inRange(Number(digits), /^[+-]?[0.]*[1-9]/.test(digits));
  const [, sign] = INFINITE.exec(text) ?? [];
  if (sign !== undefined) return sign === '-' ? -Infinity : Infinity;
  return hexadecimal(text);
}

function hexadecimal(text: string): number | undefined {
  const [, sign, whole = '', part = '', exponent = '0'] = HEXADECIMAL.exec(text) ?? [];
  if (sign === undefined || whole + part === '') return undefined;
  const size = Number(`0x${whole}${part}`) * 2 ** (Number(exponent) - BITS_PER_DIGIT * part.length);
  const value = inRange(size, /[1-9a-f]/i.test(whole + part));
  return value !== undefined && sign === '-' ? -value : value;
}

function inRange(value: number, isNonZero: boolean): number | undefined {
  const isTooSmall = isNonZero && Math.abs(value) < LEAST_NORMAL;
  return Number.isFinite(value) && !isTooSmall ? value : undefined;
}
