/**
 * Checks a caller's request and its options, once, and fills in defaults; below this nothing is
 * optional. A caller's mistake is a `TypeError` or a `RangeError`.
 */

import { IpmiError, checkInteger, checkTimeout } from '../errors.ts';
import type { Range } from '../errors.ts';
import { LUN_MAX, NETFN_MAX } from '../ipmi/commands.ts';
import { REQUEST_DATA_BYTES_MAX } from '../ipmi/message.ts';
import type { Request } from '../ipmi/message.ts';
import type { RequestInput, RequestOptions } from '../ipmi/requester.ts';

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

/** Makes a request complete, or throws. */
export function checkRequest(input: RequestInput): Request {
  const netFn = checkInteger('netFn', input.netFn, NETFN);
  if (netFn % 2 !== 0) throw new RangeError(`netFn ${netFn} is odd: that is a response's`);
  const cmd = checkInteger('cmd', input.cmd, BYTE);
  const lun = input.lun === undefined ? 0 : checkInteger('lun', input.lun, LUN);
  const { data = NO_DATA } = input;
  if (!(data instanceof Uint8Array)) throw new TypeError('data must be a Uint8Array');
  checkDataLength(data.length);
  return { netFn, cmd, lun, data: data.length === 0 ? NO_DATA : new Uint8Array(data) };
}

/** Throws unless the options of a request are valid. */
export function checkRequestOptions({ timeoutMs, retries, signal }: RequestOptions): void {
  checkTimeout('timeoutMs', timeoutMs);
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError('signal must be an AbortSignal');
  }
  if (retries === undefined || retries === 'safe') return;
  checkInteger('retries', retries, RETRIES);
}
