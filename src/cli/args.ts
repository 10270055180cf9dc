/**
 * Reads the numbers of the command line. Bytes are written in decimal or with 0x, which every IPMI
 * tool reads alike; a number that the tools read differently is refused. No error quotes the word:
 * a line that is wrong may hold a password, and errors end in logs.
 */

import type { Range } from '../errors.ts';

/** A mistake on the command line, which is exit code 64. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** The words behind `ipmi-bt` that print the help about it; undefined: of the whole program. */
  readonly help: string | undefined;

  constructor(
    message: string,
    options: ErrorOptions & { readonly help?: string | undefined } = {},
  ) {
    super(message, options);
    this.help = options.help;
  }
}

/** A mistake in a line of the command, or group, of that name; any other error as it is. */
export function inCommand(error: unknown, name: string): unknown {
  if (!(error instanceof UsageError) || error.help !== undefined) return error;
  return new UsageError(error.message, { cause: error.cause, help: `help ${name}` });
}

/** Longest time that is given in seconds: one day. */
const SECONDS_MAX = 86_400;

/**
 * Decimal, hex, or one octal digit behind a 0, which has the same value in octal, decimal and hex.
 * One expression, because a file of commands is little else than numbers.
 */
const NUMBER = /^(?:0x[0-9a-f]+|[1-9]\d*|0[0-7]?)$/i;
const LEADING_ZERO = /^0\d+$/;

/** Reads a number of a range, or from 0 to one; `what` names it in the error. */
export function parseNumber(text: string, what: string, range: Range | number): number {
  const { least, most } = typeof range === 'number' ? { least: 0, most: range } : range;
  const isNumber = NUMBER.test(text);
  const value = isNumber ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  if (!isNumber && LEADING_ZERO.test(text)) {
    const reason = 'a leading 0 means octal to ipmitool and hex to ipmi-raw';
    throw new UsageError(`${what} is ambiguous: ${reason}; write it in decimal or with 0x`);
  }
  throw new UsageError(`${what} is not a number from ${least} to ${most} (0x${most.toString(16)})`);
}

/** Reads one byte, 0..255. */
export function parseByte(text: string, what: string): number {
  return parseNumber(text, what, 0xff);
}

/**
 * Reads a time in seconds, fractions allowed, above 0 and up to `most`; returns milliseconds.
 */
export function parseSeconds(text: string, what: string, most = SECONDS_MAX): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (seconds > 0 && seconds <= most) return seconds * 1000;
  throw new UsageError(`${what} is not a number of seconds above 0, to ${most}`);
}

/** Longest such time: a year. */
const TIME_MAX_MS = 8766 * 3_600_000;

const MS_PER: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** Reads a time such as 90s, 30m or 8h, in milliseconds. `others` names what else may stand. */
export function parseTime(text: string, what: string, others = ''): number {
  const [, digits = '', unit = ''] = /^([1-9]\d{0,8})([smh])$/.exec(text) ?? [];
  const ms = Number(digits) * (MS_PER[unit] ?? NaN);
  if (ms <= TIME_MAX_MS) return ms;
  throw new UsageError(`${what} is not a time such as 90s, 30m or 8h${others}`);
}
