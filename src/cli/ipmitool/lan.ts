/** `ipmitool lan`: the configuration of LAN (IPMI 2.0 §23). */

import { entryOf, refuse } from './choose.ts';
import { alert } from './lan-alert.ts';
import { firstLan, isLan, lanNumber } from './lan-channel.ts';
import { LAN_HELP } from './lan-help.ts';
import { printConfiguration } from './lan-print.ts';
import { set } from './lan-set.ts';
import { stats } from './lan-stats.ts';
import type { Family } from './session.ts';

const print: Family = async (session, words) => {
  if (words.length > 1) return refuse(session, LAN_HELP);
  const [word] = words;
  if (word === undefined) {
    const channel = await firstLan(session);
    if (channel === undefined) return refuse(session, 'Invalid channel: 0');
    return await printConfiguration({ session, channel });
  }
  const channel = lanNumber(session, word);
  if (channel === undefined) return 1;
  if (!(await isLan(session, channel))) return refuse(session, `Invalid channel: ${word}`);
  return await printConfiguration({ session, channel });
};

const ACTIONS: Readonly<Record<string, Family>> = { print, set, alert, stats };

export const run: Family = async (session, [word, ...rest]) => {
  if (word === undefined) return refuse(session, LAN_HELP);
  if (word === 'help') {
    session.complain(LAN_HELP);
    return 0;
  }
  const action = entryOf(ACTIONS, word);
  if (action === undefined) return refuse(session, `Invalid LAN command: ${word}`);
  return await action(session, rest);
};
