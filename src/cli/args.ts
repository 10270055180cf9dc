/**
 * What stands on the command line as numbers, and nothing else. Bytes are written in decimal or
 * with 0x, which every IPMI tool reads alike; what they read differently is refused.
 */

export const EXIT_USAGE = 64;

/** A mistake on the command line: {@link EXIT_USAGE}. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Longest `--timeout`: one day. */
const SECONDS_MAX = 86_400;

const DECIMAL = /^(0|[1-9]\d*)$/;
const HEX = /^0x[0-9a-f]+$/i;
/** One octal digit behind a 0 has the same value in octal, decimal and hex. */
const AGREED = /^0[0-7]$/;
const LEADING_ZERO = /^0\d+$/;

/** Reads a number from 0 to `most`; `what` names it in the error. */
export function parseNumber(text: string, what: string, most: number): number {
  if (LEADING_ZERO.test(text) && !AGREED.test(text)) {
    const reason = 'a leading 0 means octal to ipmitool and hex to ipmi-raw';
    throw new UsageError(
      `${what} "${text}" is ambiguous: ${reason}; write it in decimal or with 0x`,
    );
  }
  const isNumber = DECIMAL.test(text) || HEX.test(text) || AGREED.test(text);
  const value = isNumber ? Number(text) : NaN;
  if (value <= most) return value;
  const range = `0 to ${most} (0x${most.toString(16)})`;
  throw new UsageError(`${what} "${text}" is not a number from ${range}`);
}

/** Reads one byte, 0..255. */
export function parseByte(text: string, what: string): number {
  return parseNumber(text, what, 0xff);
}

/** Reads a time in seconds, fractions allowed, and returns milliseconds. */
export function parseSeconds(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (seconds > 0 && seconds <= SECONDS_MAX) return seconds * 1000;
  throw new UsageError(`--timeout "${text}" is not a number of seconds above 0, to ${SECONDS_MAX}`);
}
