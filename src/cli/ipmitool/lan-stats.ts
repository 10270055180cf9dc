/** `ipmitool lan stats`: the counts of packets of a channel (IPMI 2.0 §23.4). */

import { NetFn, TransportCmd } from '../../ipmi/commands.ts';
import { Completion } from '../../ipmi/completion.ts';
import { ask, askFor, byteAt } from './ask.ts';
import { refuse } from './choose.ts';
import { firstLan, isLan, lanNumber } from './lan-channel.ts';
import { LAN_HELP } from './lan-help.ts';
import type { Family } from './session.ts';

const CLEAR = 1;

/** The counts in their order; each has two bytes, and here the second is the low one. */
const LABELS = [
  'IP Rx Packet',
  'IP Rx Header Errors',
  'IP Rx Address Errors',
  'IP Rx Fragmented',
  'IP Tx Packet',
  'UDP Rx Packet',
  'RMCP Rx Valid',
  'UDP Proxy Packet Received',
  'UDP Proxy Packet Dropped',
];

/** `lan stats`: without one channel behind it, the first of a LAN. */
export const stats: Family = async (session, [action, ...words]) => {
  if (action === undefined) return refuse(session, LAN_HELP);
  const [word] = words;
  let channel: number | undefined;
  if (words.length === 1 && word !== undefined) {
    channel = lanNumber(session, word);
    if (channel === undefined) return 1;
    if (!(await isLan(session, channel))) return refuse(session, `Invalid channel: ${channel}`);
  } else channel = await firstLan(session);
  if (channel === undefined) return refuse(session, 'Invalid channel: 0');
  const question = { netFn: NetFn.TRANSPORT, cmd: TransportCmd.GET_IP_STATISTICS };
  if (action === 'get') {
    const failing = { text: 'Get LAN Stats command failed' };
    const reply = await askFor(session, { ...question, data: [channel, 0] }, failing);
    if (reply === undefined) return 1;
    LABELS.forEach((label, index) => {
      const count = (byteAt(reply, index * 2) << 8) | byteAt(reply, index * 2 + 1);
      session.print(`${label.padEnd(26)}: ${count}\n`);
    });
    return 0;
  }
  if (action !== 'clear') return refuse(session, LAN_HELP);
  const reply = await ask(session, { ...question, data: [channel, CLEAR] });
  return reply?.completionCode === Completion.OK ? 0 : 1;
};
