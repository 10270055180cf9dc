/** `ipmitool channel getciphers`: the cipher suites of a channel (IPMI 2.0 §22.15). */

import { PRESENT_CHANNEL } from '../../ipmi/channel.ts';
import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import { channelOf, unknownName } from './arguments.ts';
import { ask } from './ask.ts';
import { CHANNEL_HELP } from './channel-help.ts';
import { refuse } from './choose.ts';
import type { Family, Session } from './session.ts';

/** Payload types by their words (IPMI 2.0 table 13-16). */
const PAYLOADS: Readonly<Record<string, number>> = { ipmi: 0, sol: 1 };

/** Asks for suites, not for their algorithms; the rest of the byte is the number of the piece. */
const BY_SUITE = 0x80;

/** A piece has as many bytes of the list, but the last one. */
const PIECE_BYTES = 16;
const PIECES_MAX = 0x3f;

/** Bytes that begin a suite: a standard one, and one of an OEM. */
const STANDARD = 0xc0;
const OEM = 0xc1;
const OEM_BYTES = 3;

const ALGORITHM_MASK = 0x3f;

/** Algorithms of authentication, integrity and confidentiality (tables 13-17 to 13-19). */
const ALGORITHMS: readonly (readonly string[])[] = [
  ['none', 'hmac_sha1', 'hmac_md5', 'hmac_sha256'],
  ['none', 'hmac_sha1_96', 'hmac_md5_128', 'md5_128', 'sha256_128'],
  ['none', 'aes_cbc_128', 'xrc4_128', 'xrc4_40'],
];

/** `ipmitool channel getciphers`. */
export const getciphers: Family = async (session, [payloadWord = '', word, ...more]) => {
  const payload = Object.hasOwn(PAYLOADS, payloadWord) ? PAYLOADS[payloadWord] : undefined;
  if (payload === undefined || more.length > 0) return refuse(session, CHANNEL_HELP);
  const channel = word === undefined ? PRESENT_CHANNEL : channelOf(session, word);
  if (channel === undefined) return 1;
  const suites = await read(session, channel, payload);
  if (suites === undefined) return 1;
  session.print('ID   IANA    Auth Alg        Integrity Alg   Confidentiality Alg\n');
  session.print(rowsOf(suites).join(''));
  return 0;
};

/** Reads the whole list. */
async function read(
  session: Session,
  channel: number,
  payload: number,
): Promise<readonly number[] | undefined> {
  const list: number[] = [];
  for (let piece = 0; piece <= PIECES_MAX; piece += 1) {
    const data = [channel, payload, BY_SUITE | piece];
    const question = { netFn: NetFn.APP, cmd: AppCmd.GET_CHANNEL_CIPHER_SUITES, data };
    const reply = await ask(session, question);
    if (reply?.completionCode !== Completion.OK || reply.data.length === 0) {
      if (reply !== undefined && piece > 0 && reply.completionCode !== Completion.OK) return list;
      const failed = 'Get Channel Cipher Suites failed';
      const why = reply === undefined ? '' : `: ${completionText(reply.completionCode)}`;
      session.complain(reply === undefined ? `Unable to ${failed}` : `${failed}${why}`);
      return undefined;
    }
    list.push(...reply.data.slice(1));
    if (reply.data.length <= PIECE_BYTES) break;
  }
  return list;
}

function rowsOf(list: readonly number[]): readonly string[] {
  const rows: string[] = [];
  let at = 0;
  while (at < list.length) {
    const start = list[at];
    if (start !== STANDARD && start !== OEM) break;
    const own = start === OEM ? OEM_BYTES : 0;
    const end = at + 2 + own + ALGORITHMS.length;
    if (end > list.length) break;
    const id = list[at + 1] ?? 0;
    const iana = list.slice(at + 2, at + 2 + own).reverse();
    const algorithms = list.slice(end - ALGORITHMS.length, end);
    rows.push(row(id, iana, algorithms));
    at = end;
  }
  return rows;
}

function row(id: number, iana: readonly number[], algorithms: readonly number[]): string {
  const owner = iana.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const names = ALGORITHMS.map((known, index) => {
    const number = (algorithms[index] ?? 0) & ALGORITHM_MASK;
    return (known[number] ?? unknownName(number)).padEnd(15);
  });
  const first = String(id).padEnd(4);
  return `${first} ${(owner === '' ? 'N/A' : owner).padEnd(7)} ${names.join(' ')}\n`;
}
