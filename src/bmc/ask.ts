/**
 * The library's own questions to the BMC. They go through the driver's queue like a caller's, ahead
 * of those, so that a caller's request can never meet one of ours on the wire.
 */

import type { Driver } from '../driver/driver.ts';
import { IpmiError } from '../errors.ts';
import type { IpmiErrorCode } from '../errors.ts';
import { NetFn } from '../ipmi/commands.ts';
import type { Reply } from '../ipmi/message.ts';
import type { RequestInput, RequestOptions, Requester } from '../ipmi/requester.ts';

const NO_DATA = new Uint8Array();

/** Errors that mean: the BMC gave no usable answer in time. */
const SILENCE: ReadonlySet<IpmiErrorCode> = new Set([
  'REQUEST_TIMEOUT',
  'BMC_UNRESPONSIVE',
  'RESPONSE_MALFORMED',
]);

/** How one of our own questions is put. */
export interface AskOptions extends RequestOptions {
  /** The attention bit is cleared when it is sent, which asks what it was set for. */
  readonly acknowledges?: boolean;
}

/** A way to ask ahead of callers; a question is sent once unless `retries` says more. */
export interface Asker extends Requester {
  request(input: RequestInput, options?: AskOptions): Promise<Reply>;
}

/** The way through `driver`. */
export function askerOf(driver: Pick<Driver, 'submit'>): Asker {
  return {
    request: ({ netFn, cmd, lun = 0, data = NO_DATA }, { retries = 0, ...options } = {}) =>
      driver.submit({ netFn, cmd, lun, data }, { ...options, retries, internal: true }),
  };
}

/** A command of the App network function. */
export function appCommand(cmd: number, ...data: readonly number[]): RequestInput {
  return { netFn: NetFn.APP, cmd, data: Uint8Array.from(data) };
}

/** True for an error that says that the BMC gave no usable answer in time. */
export function isSilence(error: unknown): error is IpmiError {
  return error instanceof IpmiError && SILENCE.has(error.code);
}

/** Resolves to what `work` does, or to false when the BMC, or the way to it, fails us. */
export async function unlessSilent(
  work: () => Promise<boolean>,
  onSilence: () => void,
): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof IpmiError)) throw error;
    if (isSilence(error)) onSilence();
    return false;
  }
}
