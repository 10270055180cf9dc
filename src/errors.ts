/**
 * The one error class for trouble with the ports, the driver or the BMC, and the closed table of
 * its codes. A caller's mistake is a `TypeError` or a `RangeError`; a bug of this library is
 * `Error('bug: …')`. A non-zero completion code is an answer of the BMC and no error of
 * `request()`; only an operation that cannot go on with it rejects, with `COMMAND_FAILED`.
 */

/**
 * The fate of the command of a request that failed: `not-sent`, it never reached the BMC;
 * `unknown`, it was handed over and may have been executed; `answered`, the BMC replied.
 */
export type Outcome = 'not-sent' | 'unknown' | 'answered';

/** Exit codes of the CLI, after sysexits(3). `docs/errors.md` explains each code. */
export const EXIT_CODES = {
  PORT_DENIED: 77,
  PORT_LOCKED_DOWN: 77,
  PORT_UNSUPPORTED: 69,
  PORT_CLAIMED: 69,
  DEVICE_ABSENT: 69,
  DEVICE_LOCKED: 75,
  DEVICE_CLOSED: 75,
  QUEUE_FULL: 75,
  REQUEST_TOO_LONG: 64,
  REQUEST_TIMEOUT: 75,
  REQUEST_ABORTED: 75,
  RESPONSE_MALFORMED: 75,
  COMMAND_FAILED: 1,
  COMMAND_DENIED: 77,
  BMC_UNRESPONSIVE: 75,
} as const;

/** Every code an {@link IpmiError} can carry. */
export type IpmiErrorCode = keyof typeof EXIT_CODES;

/**
 * The way in which a BMC gave no reply: `busy`, it never became ready to take the request;
 * `misfit`, only frames came that have the request's sequence number and command, and are no reply
 * to it.
 */
export type Silence = 'busy' | 'misfit';

/** Options of {@link IpmiError}. */
export interface IpmiErrorOptions extends ErrorOptions {
  /** Defaults to `not-sent`. */
  readonly outcome?: Outcome;
  /** The completion code, of `COMMAND_FAILED`. */
  readonly completionCode?: number;
  /** The way in which the BMC gave no reply, where it did more than nothing. */
  readonly silence?: Silence | undefined;
}

/**
 * Trouble with the ports, the driver or the BMC. `message` begins with the code and says what
 * happened, where, and what to try; `cause` holds the lower error when there is one.
 */
export class IpmiError extends Error {
  override readonly name = 'IpmiError';
  /** One of the closed table of codes in `docs/errors.md`. */
  readonly code: IpmiErrorCode;
  /** Says how far the command came. */
  readonly outcome: Outcome;
  /** The BMC's completion code, 0x01..0xff; undefined but for `COMMAND_FAILED`. */
  readonly completionCode: number | undefined;
  /** The way in which the BMC gave no reply; undefined if it did nothing, or for other errors. */
  readonly silence: Silence | undefined;

  constructor(code: IpmiErrorCode, text: string, options: IpmiErrorOptions = {}) {
    super(`${code}: ${text}`, options);
    this.code = code;
    this.outcome = options.outcome ?? 'not-sent';
    this.completionCode = options.completionCode;
    this.silence = options.silence;
  }
}

/** The text of an error without its code, for one that goes on with it. */
export function bareText({ code, message }: IpmiError): string {
  return message.slice(`${code}: `.length);
}

/** The reason of an abort that is told in its own words; every other is the caller's. */
export class AbortReason extends Error {
  override readonly name = 'AbortReason';
}

/** The text of `REQUEST_ABORTED`, from the reason of the signal that aborted. */
export function abortText(reason: unknown): string {
  if (reason instanceof AbortReason) return reason.message;
  return isTimeout(reason)
    ? "the time limit of the caller's signal passed"
    : 'aborted by the caller';
}

/** True for the reason of `AbortSignal.timeout()`. */
function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError';
}

/** The text of `DEVICE_CLOSED`. */
export const CLOSED_TEXT = 'the device is closed; open it again';

/** The error of a call on a device that is closed. */
export function closedError(): IpmiError {
  return new IpmiError('DEVICE_CLOSED', CLOSED_TEXT);
}

/** Formats a number as the field writes addresses and codes: `0xce4`; bytes have two `digits`. */
export function hex(value: number, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** Strings are shown up to here. */
const SHOWN_CHARS_MAX = 40;

/** Describes a value of the wrong type. Data is not shown, of which a secret could be part. */
export function kindOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > SHOWN_CHARS_MAX ? 'a long string' : JSON.stringify(value);
    case 'function':
      return 'a function';
    case 'object':
      return value === null ? 'null' : withArticle(classOf(value));
    case 'symbol':
      return 'a symbol';
    case 'bigint':
      return `${value}n`;
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(value);
  }
}

/** The name of the class of an object, `object` for a plain one. */
function classOf(value: object): string {
  const { constructor } = value as { readonly constructor?: unknown };
  const name = typeof constructor === 'function' ? constructor.name : '';
  if (Array.isArray(value)) return 'array';
  return name === '' || name === 'Object' ? 'object' : name;
}

function withArticle(name: string): string {
  return `${/^[aeiou]/i.test(name) && !name.startsWith('Uint') ? 'an' : 'a'} ${name}`;
}

/** Longest time a timer can wait: 2^31 - 1 ms, some 24 days. */
export const TIMEOUT_MAX_MS = 0x7fffffff;

/** From `least` to `most`, both included. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Throws a `TypeError` or `RangeError` unless `value` is an integer in the range. */
export function checkInteger(name: string, value: unknown, { least, most }: Range): number {
  if (typeof value !== 'number')
    throw new TypeError(`${name} must be a number, not ${kindOf(value)}`);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`${name} must be an integer from ${least} to ${most}, not ${value}`);
}

/** Throws a `TypeError` or `RangeError` unless `value` is absent or a time a timer can wait. */
export function checkTimeout(name: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== 'number') {
    throw new TypeError(`${name} must be a number of milliseconds, not ${kindOf(value)}`);
  }
  if (value > 0 && value <= TIMEOUT_MAX_MS) return;
  throw new RangeError(`${name} must be above 0 and at most ${TIMEOUT_MAX_MS} ms, not ${value}`);
}
