/** Finding the channel that commands of LAN and users are about, where the caller names none. */

import { IpmiError } from '../errors.ts';
import { ASSIGNED_CHANNEL_MAX, GET_CHANNEL_INFO } from '../ipmi/channel.ts';
import type { CallOptions, Caller } from './caller.ts';

/** Media of a LAN channel. */
const LAN_MEDIA: readonly unknown[] = ['lan-802.3', 'other-lan'];

/**
 * The first channel from 1 on whose medium is a LAN: as many transactions as its number says.
 * Rejects with `COMMAND_FAILED` if there is none.
 */
export async function firstLanChannel(caller: Caller, options: CallOptions): Promise<number> {
  for (let channel = 1; channel <= ASSIGNED_CHANNEL_MAX; channel += 1) {
    const { value } = await caller.answer(GET_CHANNEL_INFO, { channel }, options);
    if (LAN_MEDIA.includes(value?.medium.medium)) return channel;
  }
  const text = `the BMC has no LAN among its channels 1 to ${ASSIGNED_CHANNEL_MAX}; name a channel`;
  throw new IpmiError('COMMAND_FAILED', text, { outcome: 'answered' });
}
