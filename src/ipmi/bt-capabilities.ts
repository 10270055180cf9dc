/**
 * Get BT Interface Capabilities (IPMI 2.0 §22.10), and the replacement of values that cannot be
 * true.
 */

import { decodeFrontOr, nothing, struct, u8 } from './codec.ts';
import type { Command } from './command.ts';
import { AppCmd, NetFn } from './commands.ts';

/** The capabilities of a BT interface: raw values, as the BMC sent them. */
export interface BtCapabilities {
  /** Requests that the BMC can hold at once. The driver keeps one on the wire all the same. */
  readonly outstandingRequests: number;
  /** Largest length byte of a request. */
  readonly inputBytes: number;
  /** Largest length byte of a response. */
  readonly outputBytes: number;
  /** Longest time from request to response, seconds. */
  readonly responseTimeSeconds: number;
  /** Retries the BMC recommends. */
  readonly retries: number;
}

/** The bytes that a request's length byte counts besides the data: netFn/LUN, seq, cmd (§11.5). */
export const REQUEST_OVERHEAD_BYTES = 3;

/** The capabilities assumed of a BMC that does not tell its own. */
export const DEFAULT_CAPABILITIES: BtCapabilities = {
  outstandingRequests: 1,
  inputBytes: 63,
  outputBytes: 63,
  responseTimeSeconds: 5,
  retries: 2,
};

/** Get BT Interface Capabilities (§22.10). */
export const GET_BT_CAPABILITIES: Command<void, BtCapabilities> = {
  netFn: NetFn.APP,
  cmd: AppCmd.GET_BT_CAPABILITIES,
  section: '§22.10',
  request: nothing,
  response: struct({
    outstandingRequests: u8,
    inputBytes: u8,
    outputBytes: u8,
    responseTimeSeconds: u8,
    retries: u8,
  }),
};

/** Longest response time that is accepted; the specification ends at 30 s. */
const RESPONSE_TIME_MAX_SECONDS = 60;

/** Smallest length byte that still carries a command with some data. */
const BUFFER_BYTES_MIN = 8;

/** Decodes the response data; `undefined` when it is too short to be one. */
export function decodeBtCapabilities(data: Uint8Array): BtCapabilities | undefined {
  return decodeFrontOr(GET_BT_CAPABILITIES.response, data);
}

/** Replaces values that cannot be true by ones that work. */
export function believable(raw: BtCapabilities): BtCapabilities {
  return {
    outstandingRequests: Math.max(raw.outstandingRequests, 1),
    inputBytes: believableBytes(raw.inputBytes),
    outputBytes: believableBytes(raw.outputBytes),
    responseTimeSeconds: believableSeconds(raw.responseTimeSeconds),
    retries: raw.retries,
  };
}

function believableBytes(bytes: number): number {
  // A 64-byte buffer also holds the length byte: BMCs that report 64 mean 63.
  if (bytes === 64) return 63;
  return bytes < BUFFER_BYTES_MIN ? DEFAULT_CAPABILITIES.inputBytes : bytes;
}

function believableSeconds(seconds: number): number {
  if (seconds === 0) return DEFAULT_CAPABILITIES.responseTimeSeconds;
  return Math.min(seconds, RESPONSE_TIME_MAX_SECONDS);
}
