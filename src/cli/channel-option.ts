/** The option of commands that are for a channel of the BMC. */

import { ASSIGNED_CHANNEL_MAX } from '../ipmi/channel.ts';
import { parseNumber } from './args.ts';

export const CHANNEL_OPTION = {
  value: 'n',
  help: `0 to ${ASSIGNED_CHANNEL_MAX}; by default the first LAN channel`,
} as const;

/** Reads the option; undefined stands for the first LAN channel. */
export function channelOption(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseNumber(text, '--channel', ASSIGNED_CHANNEL_MAX);
}
