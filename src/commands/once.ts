/**
 * Commands that change something and are never sent twice: after silence, the error says that the
 * command may have been executed, and where to look.
 */

import { IpmiError, bareText } from '../errors.ts';
import type { Command } from '../ipmi/command.ts';
import type { CallOptions, Caller } from './caller.ts';

/** A command and what it does, in words. */
export interface Once<Args> {
  readonly args: Args;
  /** The name of the action in the error, such as `power off`. */
  readonly action: string;
  /** Where the outcome can be seen, such as `power status`. */
  readonly lookAt: string;
}

/**
 * Sends a command once, whatever the BMC answers. Rejects as `Caller.call` does; the text of an
 * error with the outcome `unknown` says so.
 */
export async function callOnce<Args, Result>(
  caller: Caller,
  command: Command<Args, Result>,
  { args, action, lookAt, ...options }: Once<Args> & CallOptions,
): Promise<Result> {
  try {
    return await caller.call(command, args, { ...options, retries: 0 });
  } catch (cause) {
    if (!(cause instanceof IpmiError) || cause.outcome !== 'unknown') throw cause;
    const advice = `it is not known whether "${action}" was done; look at ${lookAt} before it is sent again`;
    throw new IpmiError(cause.code, `${bareText(cause)}; ${advice}`, { outcome: 'unknown', cause });
  }
}
