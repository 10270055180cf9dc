/** The option of commands that are for a channel of the BMC, and what is said of a wrong one. */

import { IpmiError } from '../errors.ts';
import { ASSIGNED_CHANNEL_MAX } from '../ipmi/channel.ts';
import { Completion } from '../ipmi/completion.ts';
import { parseNumber } from './args.ts';
import { NotFoundError } from './not-found.ts';
import type { Operation } from './operation.ts';

export const CHANNEL_OPTION = {
  value: 'n',
  help: `0 to ${ASSIGNED_CHANNEL_MAX}; by default the first LAN channel`,
} as const;

/** Reads the option; undefined stands for the first LAN channel. */
export function channelOption(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseNumber(text, '--channel', ASSIGNED_CHANNEL_MAX);
}

/** Completion codes with which BMCs refuse a channel that they do not have (IPMI 2.0 §5.2). */
const NO_CHANNEL: readonly number[] = [
  ...[Completion.INVALID_FIELD, Completion.OUT_OF_RANGE, Completion.NOT_FOUND],
];

/**
 * The operation on a channel that the command line names: if the BMC refuses it, it is asked for
 * its channels, and one that is not among them is a {@link NotFoundError}.
 */
export function onChannel(named: number | undefined, operation: Operation): Operation {
  if (named === undefined) return operation;
  return async (bmc, session) => {
    try {
      return await operation(bmc, session);
    } catch (error) {
      if (!isRefused(error)) throw error;
      const { signal } = session;
      const channels = await bmc.channel.list({ signal }).catch(() => undefined);
      if (channels === undefined || channels.some(({ number }) => number === named)) throw error;
      const names = channels.map(({ number, medium }) => `${number} (${medium})`);
      throw new NotFoundError(`there is no channel ${named}`, names, { cause: error });
    }
  };
}

function isRefused(error: unknown): boolean {
  if (!(error instanceof IpmiError) || error.code !== 'COMMAND_FAILED') return false;
  const { completionCode } = error;
  return completionCode === undefined || NO_CHANNEL.includes(completionCode);
}
