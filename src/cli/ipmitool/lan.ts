/** `ipmitool lan`: the configuration of LAN (IPMI 2.0 §23.2). */

import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import { ask, byteAt } from './ask.ts';
import { refuse } from './choose.ts';
import { LAN_HELP } from './lan-help.ts';
import { printConfiguration } from './lan-print.ts';
import { cByte } from './numbers.ts';
import type { Family, Session } from './session.ts';
import { unsupported } from './unsupported.ts';

/** Channels that may be one of a LAN, and media that are one (IPMI 2.0 §6.3, table 6-3). */
const CHANNEL_MAX = 0x0f;
const FIRST_CHANNEL = 1;
const LAST_CHANNEL = 0x0d;
const LAN_MEDIA: readonly number[] = [4, 6];

/** True if the BMC says that the channel is one of a LAN; a channel that it has not is no error. */
async function isLan(session: Session, channel: number): Promise<boolean> {
  const question = { netFn: NetFn.APP, cmd: AppCmd.GET_CHANNEL_INFO, data: [channel] };
  const reply = await ask(session, question);
  const code = reply?.completionCode ?? Completion.OK;
  if (code !== Completion.OK && code !== Completion.INVALID_FIELD) {
    session.complain(`Get Channel Info command failed: ${completionText(code)}`);
  }
  return reply?.completionCode === 0 && LAN_MEDIA.includes(byteAt(reply, 1) & 0x7f);
}

const print: Family = async (session, words) => {
  if (words.length > 1) return refuse(session, LAN_HELP);
  const [word] = words;
  if (word === undefined) {
    for (let channel = FIRST_CHANNEL; channel <= LAST_CHANNEL; channel += 1) {
      if (await isLan(session, channel)) return await printConfiguration(session, channel);
    }
    return refuse(session, 'Invalid channel: 0');
  }
  const channel = cByte(word);
  const isKnown =
    channel !== undefined && channel <= CHANNEL_MAX && (await isLan(session, channel));
  if (!isKnown) return refuse(session, `Invalid channel: ${word}`);
  return await printConfiguration(session, channel);
};

const UNSUPPORTED: readonly string[] = ['set', 'alert', 'stats'];

export const run: Family = async (session, [word, ...rest]) => {
  if (word === undefined) return refuse(session, LAN_HELP);
  if (word === 'help') {
    session.complain(LAN_HELP);
    return 0;
  }
  if (word === 'print') return await print(session, rest);
  if (UNSUPPORTED.includes(word)) return refuse(session, unsupported(`lan ${word}`));
  return refuse(session, `Invalid LAN command: ${word}`);
};
