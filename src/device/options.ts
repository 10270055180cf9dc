/**
 * The door of the library: what a program hands in is checked here once and becomes complete.
 * Below the door nothing is optional and nothing has a default. Caller mistakes are `TypeError` and
 * `RangeError`.
 */

import { REQUEST_DATA_BYTES_MAX } from '../bt/frame.ts';
import type { Request } from '../bt/frame.ts';
import { QUIRKS } from '../bt/quirks.ts';
import type { Quirk } from '../bt/quirks.ts';
import type { RegisterBlock } from '../bt/registers.ts';
import type { Retries } from '../driver/retry.ts';
import { IpmiError } from '../errors.ts';
import { LUN_MAX, NETFN_MAX } from '../ipmi/commands.ts';

/** An IPMI command as a program writes it. */
export interface RequestInput {
  /** Network function of a request: even, 0x00..0x3e (IPMI 2.0 table 5-1). */
  readonly netFn: number;
  /** Command, 0x00..0xff. */
  readonly cmd: number;
  /** Logical unit, 0..3; 0 when absent. */
  readonly lun?: number;
  /** Request data, 0..252 bytes; none when absent. Copied: it may change after the call. */
  readonly data?: Uint8Array;
}

/** How one request is to be treated. */
export interface RequestOptions {
  /**
   * Milliseconds from the call until the promise has settled. When absent: three times what one
   * attempt may take, and at least 15,000.
   */
  readonly timeoutMs?: number;
  /**
   * `safe` (the default): repeat after silence only commands known to be harmless. A number:
   * repeat so often, whatever the command does.
   */
  readonly retries?: Retries;
  /** Aborting it settles the promise at once, with `REQUEST_ABORTED`. */
  readonly signal?: AbortSignal;
}

/** Longest time a timer can wait: 2^31 - 1 ms, some 24 days. */
const TIMEOUT_MAX_MS = 0x7fffffff;

const PORT_MAX = 0xffff;

/** Ports from one register to the next (SMBIOS type 38). */
const SPACINGS: readonly number[] = [1, 4, 16];

const NO_DATA = new Uint8Array();

/** From `least` to `most`, both included. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

const NETFN: Range = { least: 0, most: NETFN_MAX };
const BYTE: Range = { least: 0, most: 0xff };
const LUN: Range = { least: 0, most: LUN_MAX };
const RETRIES: Range = { least: 0, most: Number.MAX_SAFE_INTEGER };

/** Throws a `TypeError` or `RangeError` unless `value` is an integer in the range. */
export function checkInteger(name: string, value: unknown, { least, most }: Range): number {
  if (typeof value !== 'number')
    throw new TypeError(`${name} must be a number, not ${typeof value}`);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`${name} must be an integer from ${least} to ${most}, not ${value}`);
}

/** Throws a `TypeError` or `RangeError` unless `value` is absent or a time a timer can wait. */
export function checkTimeout(name: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number of milliseconds`);
  if (value > 0 && value <= TIMEOUT_MAX_MS) return;
  throw new RangeError(`${name} must be above 0 and at most ${TIMEOUT_MAX_MS} ms, not ${value}`);
}

/** Throws unless `quirks` is absent or a list of quirks there are. */
export function checkQuirks(quirks: readonly Quirk[] | undefined): void {
  if (quirks === undefined) return;
  if (!Array.isArray(quirks)) throw new TypeError('quirks must be an array');
  const known: readonly unknown[] = QUIRKS;
  if (quirks.every((quirk) => known.includes(quirk))) return;
  throw new RangeError(`quirks must be of ${QUIRKS.join(', ')}, not ${JSON.stringify(quirks)}`);
}

/** Makes a register block, or throws a `RangeError` when its ports are none. */
export function checkBlock(base: number, spacing: number): RegisterBlock {
  if (!SPACINGS.includes(spacing)) {
    throw new RangeError(`spacing must be 1, 4 or 16, not ${spacing}`);
  }
  return { base: checkInteger('base', base, { least: 1, most: PORT_MAX - 2 * spacing }), spacing };
}

/** Makes a request complete, or throws. */
export function checkRequest(input: RequestInput): Request {
  const netFn = checkInteger('netFn', input.netFn, NETFN);
  if (netFn % 2 !== 0) throw new RangeError(`netFn ${netFn} is odd: that is a response's`);
  const cmd = checkInteger('cmd', input.cmd, BYTE);
  const lun = input.lun === undefined ? 0 : checkInteger('lun', input.lun, LUN);
  const { data = NO_DATA } = input;
  if (!(data instanceof Uint8Array)) throw new TypeError('data must be a Uint8Array');
  if (data.length > REQUEST_DATA_BYTES_MAX) {
    const text = `${data.length} data bytes; a BT frame takes at most ${REQUEST_DATA_BYTES_MAX}`;
    throw new IpmiError('REQUEST_TOO_LONG', text);
  }
  return { netFn, cmd, lun, data: data.length === 0 ? NO_DATA : new Uint8Array(data) };
}

/** Throws unless the options of a request can be honoured. */
export function checkRequestOptions({ timeoutMs, retries, signal }: RequestOptions): void {
  checkTimeout('timeoutMs', timeoutMs);
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError('signal must be an AbortSignal');
  }
  if (retries === undefined || retries === 'safe') return;
  checkInteger('retries', retries, RETRIES);
}
