/**
 * The library's own requests to the BMC. They go through the driver's queue, ahead of callers'
 * requests, so that the two can never meet on the wire.
 */

import type { Driver } from '../driver/driver.ts';
import { IpmiError } from '../errors.ts';
import type { IpmiErrorCode } from '../errors.ts';
import { NetFn } from '../ipmi/commands.ts';
import type { Reply } from '../ipmi/message.ts';
import type { RequestInput, RequestOptions, Requester } from '../ipmi/requester.ts';

const NO_DATA = new Uint8Array();

/** Errors that mean that the BMC gave no usable answer in time. */
const SILENCE: ReadonlySet<IpmiErrorCode> = new Set([
  'REQUEST_TIMEOUT',
  'BMC_UNRESPONSIVE',
  'RESPONSE_MALFORMED',
]);

/** Options of one of the library's own requests. */
export interface AskOptions extends RequestOptions {
  /** True for a request that asks what the attention bit was set for: sending it clears the bit. */
  readonly acknowledges?: boolean;
  /** True for a request that takes something out of the BMC: its answer is waited for. */
  readonly takes?: boolean;
}

/** Sends requests ahead of callers' ones; each is sent once unless `retries` says more. */
export interface Asker extends Requester {
  request(input: RequestInput, options?: AskOptions): Promise<Reply>;
}

/** Makes an {@link Asker} that sends through `driver`. */
export function askerOf(driver: Pick<Driver, 'submit'>): Asker {
  return {
    request: ({ netFn, cmd, lun = 0, data = NO_DATA }, { retries = 0, ...options } = {}) =>
      driver.submit({ netFn, cmd, lun, data }, { ...options, retries, internal: true }),
  };
}

/** Makes a request of the App network function. */
export function appCommand(cmd: number, ...data: readonly number[]): RequestInput {
  return { netFn: NetFn.APP, cmd, data: Uint8Array.from(data) };
}

/** True for an error that says that the BMC gave no usable answer in time. */
export function isSilence(error: unknown): error is IpmiError {
  return error instanceof IpmiError && SILENCE.has(error.code);
}

/** Resolves to the result of `work`, or to false when that rejects with an `IpmiError`. */
export async function unlessSilent<T>(
  work: () => Promise<T>,
  onSilence: () => void,
): Promise<T | false> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof IpmiError)) throw error;
    if (isSilence(error)) onSilence();
    return false;
  }
}
