/** `ipmitool raw`: one command, and the bytes of its reply. */

import { AppCmd, NetFn, TransportCmd } from '../../ipmi/commands.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import { BMC_ADDRESS } from '../../ipmi/ipmb.ts';
import { rawLines } from '../format.ts';
import { ask } from './ask.ts';
import { cByte, hex } from './numbers.ts';
import type { Family, Session } from './session.ts';
import { RAW_HELP } from './usage.ts';

/** Network functions by the names that ipmitool takes, in any case. */
const NET_FNS: ReadonlyMap<string, number> = new Map([
  ['chassis', 0x00],
  ['bridge', 0x02],
  ['sensorevent', 0x04],
  ['application', 0x06],
  ['firmware', 0x08],
  ['storage', 0x0a],
  ['transport', 0x0c],
]);

/** Network functions are numbers of six bits (IPMI 2.0 §5.1). */
const NETFN_MASK = 0x3f;

/** Activate Session, Set User Password, Set Channel Security Keys; a parameter of the LAN. */
const SECRET_COMMANDS: readonly number[] = [0x3a, AppCmd.SET_USER_PASSWORD, 0x56];
const COMMUNITY_STRING = 16;

/** A channel has a number of four bits (§6.3). */
const CHANNEL_MASK = 0x0f;

/** Words of the network function, the command and the most data that ipmitool takes. */
const WORDS_MAX = 256;
const TOO_LONG = 'Raw command input limit (256 bytes) exceeded';

/** A command of the BMC as the words have it. */
interface RawRequest {
  readonly netFn: number;
  readonly cmd: number;
  readonly data: readonly number[];
}

export const run: Family = async (session, words) => {
  if (words.length === 1 && words[0] === 'help') {
    session.complain(RAW_HELP);
    return 0;
  }
  if (words.length < 2) {
    session.complain(`Not enough parameters given.\n${RAW_HELP}`);
    return 1;
  }
  const request = words.length > WORDS_MAX ? TOO_LONG : parse(words);
  if (typeof request !== 'string') return await send(session, request);
  session.complain(request);
  return 1;
};

/** Reads the words; returns what is wrong with them. */
function parse([first = '', second = '', ...rest]: readonly string[]): RawRequest | string {
  const netFn = NET_FNS.get(first.toLowerCase()) ?? cByte(first);
  if (netFn === undefined) return `Given netfn "${first}" is invalid.`;
  const cmd = cByte(second);
  if (cmd === undefined) return `Given command "${second}" is invalid.`;
  const data = rest.map(cByte);
  const wrong = data.indexOf(undefined);
  if (wrong !== -1) return `Given data "${rest[wrong]}" is invalid.`;
  return { netFn: netFn & NETFN_MASK, cmd, data: data.map(Number) };
}

/** True for what carries a password, a key or a community string; all else is shown as it is. */
function carriesSecret({ netFn, cmd, data }: RawRequest): boolean {
  if (netFn === NetFn.APP) return SECRET_COMMANDS.includes(cmd);
  const isParameter = netFn === NetFn.TRANSPORT && cmd === TransportCmd.SET_LAN_PARAMETERS;
  return isParameter && data[1] === COMMUNITY_STRING;
}

/** Bytes of a request, 16 a line. */
function bytesText(data: readonly number[]): string {
  return rawLines(Uint8Array.from(data)).replace(/\n$/, '');
}

async function send(session: Session, request: RawRequest): Promise<number> {
  const { lun, logs, channel, target, asked } = session.choices;
  const { netFn, cmd, data } = request;
  const isDirect = asked === 0 && target === BMC_ADDRESS;
  const way = `channel=${hex(isDirect ? 0 : channel & CHANNEL_MASK)}`;
  const name = `${way} netfn=${hex(netFn)} lun=${hex(lun)} cmd=${hex(cmd)}`;
  if (logs > 0) {
    session.complain(`RAW REQ (${name} data_len=${data.length})`);
    // ipmitool shows passwords and keys, too.
    if (data.length > 0 && !carriesSecret(request)) {
      session.complain(`RAW REQUEST (${data.length} bytes)\n${bytesText(data)}`);
    }
  }
  const reply = await ask(session, { ...request, lun });
  if (reply?.completionCode !== Completion.OK) {
    const code = reply?.completionCode;
    const end = code === undefined ? ')' : ` rsp=${hex(code)}): ${completionText(code)}`;
    session.complain(`Unable to send RAW command (${name}${end}`);
    return 1;
  }
  if (logs > 0) session.complain(`RAW RSP (${reply.data.length} bytes)`);
  session.print(rawLines(reply.data));
  return 0;
}
