/** Channels of a LAN, as `ipmitool lan` finds them (IPMI 2.0 §6.3, table 6-3). */

import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import { ask, byteAt } from './ask.ts';
import { cByte } from './numbers.ts';
import type { Session } from './session.ts';

/** Channels that have a number, those that may be one of a LAN, and media that are one. */
const CHANNEL_MAX = 0x0f;
const FIRST_CHANNEL = 1;
const LAST_CHANNEL = 0x0d;
const LAN_MEDIA: readonly number[] = [4, 6];

/** True if the BMC says that the channel is one of a LAN; complains where it says nothing. */
export async function isLan(session: Session, channel: number): Promise<boolean> {
  if (channel < FIRST_CHANNEL || channel > LAST_CHANNEL) return false;
  const question = { netFn: NetFn.APP, cmd: AppCmd.GET_CHANNEL_INFO, data: [channel] };
  const reply = await ask(session, question);
  if (reply === undefined) return false;
  const { completionCode } = reply;
  if (completionCode === Completion.OK) return LAN_MEDIA.includes(byteAt(reply, 1) & 0x7f);
  if (completionCode !== Completion.INVALID_FIELD) {
    session.complain(`Get Channel Info command failed: ${completionText(completionCode)}`);
  }
  return false;
}

/** The first channel of a LAN; undefined where there is none. */
export async function firstLan(session: Session): Promise<number | undefined> {
  for (let channel = FIRST_CHANNEL; channel <= LAST_CHANNEL; channel += 1) {
    if (await isLan(session, channel)) return channel;
  }
  return undefined;
}

/** Reads the number of a channel; complains of another word. */
export function lanNumber(session: Session, word: string): number | undefined {
  const channel = cByte(word);
  if (channel !== undefined && channel <= CHANNEL_MAX) return channel;
  session.complain(`Invalid channel: ${word}`);
  return undefined;
}
