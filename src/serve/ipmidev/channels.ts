/** The channels of the BMC that have an IPMB behind them: to no others are messages sent. */

import { Caller } from '../../commands/caller.ts';
import { ASSIGNED_CHANNEL_MAX, GET_CHANNEL_INFO } from '../../ipmi/channel.ts';
import { isUnknownCommand } from '../../ipmi/completion.ts';
import type { Requester } from '../../ipmi/requester.ts';

/** The IPMB of every BMC that has one (IPMI 2.0 table 6-1). */
export const PRIMARY_IPMB: ReadonlySet<number> = new Set([0]);

/**
 * Asks for the medium of each channel, as the kernel's driver does at its start. A BMC that does
 * not know the command has the primary IPMB. Rejects as `Requester.request` does. Twelve
 * transactions at most.
 */
export async function ipmbChannels(requester: Requester): Promise<ReadonlySet<number>> {
  const caller = new Caller(requester);
  const found = new Set<number>();
  for (let channel = 0; channel <= ASSIGNED_CHANNEL_MAX; channel += 1) {
    const answer = await caller.answer(GET_CHANNEL_INFO, { channel });
    if (isUnknownCommand(answer.completionCode)) return PRIMARY_IPMB;
    if (answer.value?.medium.medium === 'ipmb') found.add(channel);
  }
  return found;
}
