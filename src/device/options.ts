/**
 * Checks a caller's request and its options, once, and fills in defaults; below this nothing is
 * optional. A caller's mistake is a `TypeError` or a `RangeError`.
 */

import type { IdentityOptions } from '../bmc/identity.ts';
import { IpmiError, checkInteger, kindOf } from '../errors.ts';
import type { Range } from '../errors.ts';
import { LUN_MAX, NETFN_MAX } from '../ipmi/commands.ts';
import { REQUEST_DATA_BYTES_MAX } from '../ipmi/message.ts';
import type { Request } from '../ipmi/message.ts';
import type { RequestInput, RequestOptions } from '../ipmi/requester.ts';
import {
  aBoolean,
  aSignal,
  checkOptionsOf,
  timeout,
  unknownName,
  wrongType,
} from '../option-table.ts';
import type { OptionTable } from '../option-table.ts';

const NO_DATA = new Uint8Array();

const NETFN: Range = { least: 0, most: NETFN_MAX };
const BYTE: Range = { least: 0, most: 0xff };
const LUN: Range = { least: 0, most: LUN_MAX };
const RETRIES: Range = { least: 0, most: Number.MAX_SAFE_INTEGER };

/** Throws `REQUEST_TOO_LONG` for more data bytes than a BT frame takes. */
export function checkDataLength(count: number): void {
  if (count <= REQUEST_DATA_BYTES_MAX) return;
  const text = `${count} data bytes; a BT frame takes at most ${REQUEST_DATA_BYTES_MAX}`;
  throw new IpmiError('REQUEST_TOO_LONG', text);
}

/** The fields of a request; their values are checked one by one, because that is quicker. */
const FIELDS: Readonly<Record<keyof RequestInput, null>> = {
  ...{ netFn: null, cmd: null, lun: null, data: null },
};

/** Makes a request complete, or throws. */
export function checkRequest(input: RequestInput): Request {
  checkFields(input);
  const netFn = checkInteger('netFn', input.netFn, NETFN);
  if (netFn % 2 !== 0) throw new RangeError(`netFn ${netFn} is odd: that is a response's`);
  const cmd = checkInteger('cmd', input.cmd, BYTE);
  const lun = input.lun === undefined ? 0 : checkInteger('lun', input.lun, LUN);
  const { data = NO_DATA } = input;
  // Not shown, whatever it is: it may be a password.
  if (!(data instanceof Uint8Array)) throw hiddenType('data', 'a Uint8Array', data);
  checkDataLength(data.length);
  return { netFn, cmd, lun, data: data.length === 0 ? NO_DATA : new Uint8Array(data) };
}

function checkFields(input: unknown): void {
  if (typeof input !== 'object' || input === null) {
    const text = `request() takes an object such as { netFn: 0x06, cmd: 0x01 }, not ${kindOf(input)}`;
    throw new TypeError(text);
  }
  for (const name in input) {
    // Compared one by one, which every request waits for.
    if (name === 'netFn' || name === 'cmd' || name === 'data' || name === 'lun') continue;
    throw unknownName('a request has no field', name, FIELDS);
  }
}

/** The error for a value of which only the type may be told. */
function hiddenType(name: string, what: string, value: unknown): TypeError {
  if (typeof value === 'object') return wrongType(name, what, value);
  return new TypeError(`${name} must be ${what}, not a ${typeof value}`);
}

const REQUEST_OPTIONS: OptionTable<RequestOptions> = {
  timeoutMs: timeout,
  retries: (name, value) => {
    if (value === 'safe') return;
    if (typeof value !== 'number') throw wrongType(name, 'safe or a number', value);
    checkInteger(name, value, RETRIES);
  },
  repeatBusy: aBoolean,
  signal: aSignal,
};

/** Throws unless the options of a request, or of the call of that name, are valid. */
export function checkRequestOptions(options: RequestOptions, name = 'request()'): void {
  const call = { name: `${name} with options`, example: '{ timeoutMs: 5000 }' };
  checkOptionsOf<RequestOptions>(call, options, REQUEST_OPTIONS);
}

/** The same for questions whose repeats are the library's own affair. */
export function checkIdentityOptions(name: string, options: IdentityOptions): void {
  const { timeoutMs, signal } = REQUEST_OPTIONS;
  const call = { name, example: '{ timeoutMs: 5000 }' };
  checkOptionsOf<IdentityOptions>(call, options, { timeoutMs, signal });
}
