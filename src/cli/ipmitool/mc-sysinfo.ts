/** `ipmitool mc getsysinfo` and `setsysinfo`: System Info Parameters (IPMI 2.0 §22.14). */

import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import { ask } from './ask.ts';
import { refuse } from './choose.ts';
import { SYSINFO_HELP } from './mc-help.ts';
import type { Family, Session } from './session.ts';

/** A string: the parameter, and the blocks that ipmitool uses of it. */
interface Item {
  readonly parameter: number;
  readonly blocks: number;
}

const ITEMS: Readonly<Record<string, Item>> = {
  system_fw_version: { parameter: 0x01, blocks: 4 },
  system_name: { parameter: 0x02, blocks: 4 },
  primary_os_name: { parameter: 0x03, blocks: 4 },
  os_name: { parameter: 0x04, blocks: 4 },
  delloem_os_version: { parameter: 0xe4, blocks: 4 },
  delloem_url: { parameter: 0xde, blocks: 2 },
};

/** Bytes of text in a block; the first one also has the encoding and the length. */
const BLOCK_BYTES = 16;
const FIRST_BYTES = 14;
const HEAD_BYTES = BLOCK_BYTES - FIRST_BYTES;

/** Data of Get System Info Parameters: the revision, the block, the text. */
const REPLY_BYTES = 18;

const NOT_SUPPORTED = 0x80;

/** The end of an operation: the completion code, undefined without answer, and the block. */
interface End {
  readonly code: number | undefined;
  readonly block: number;
}

export const getsysinfo: Family = (session, words) => run(session, 'getsysinfo', words);
export const setsysinfo: Family = (session, words) => run(session, 'setsysinfo', words);

async function run(session: Session, verb: string, words: readonly string[]): Promise<number> {
  const [name = '', text = ''] = words;
  if (words.length === 1 && name === 'help') {
    session.complain(SYSINFO_HELP);
    return 0;
  }
  const isSet = verb === 'setsysinfo';
  if (words.length < (isSet ? 2 : 1)) {
    return refuse(session, 'Not enough parameters given.', SYSINFO_HELP);
  }
  const item = Object.hasOwn(ITEMS, name) ? ITEMS[name] : undefined;
  if (item === undefined) {
    return refuse(session, `Invalid mc/bmc ${verb} command: ${name}`, SYSINFO_HELP);
  }
  const { code, block } = isSet ? await write(session, item, text) : await read(session, item);
  if (code === undefined) return refuse(session, `${verb} ${name} set ${block} command failed`);
  // A completion code is no failure for its exit code.
  if (code === NOT_SUPPORTED) session.complain(`${verb} ${name} parameter not supported`);
  else if (code !== 0) session.complain(`${verb} command failed: ${completionText(code)}`);
  return 0;
}

async function read(session: Session, { parameter, blocks }: Item): Promise<End> {
  const bytes: number[] = [];
  let [block, last]: [number, number] = [0, blocks];
  let code: number | undefined = 0;
  for (; block < last; block += 1) {
    const data = [0, parameter, block, 0];
    const reply = await ask(session, { netFn: NetFn.APP, cmd: AppCmd.GET_SYSTEM_INFO, data });
    code = reply?.completionCode;
    if (reply === undefined || code !== 0) break;
    const got = Array.from({ length: REPLY_BYTES }, (_, index) => reply.data[index] ?? 0);
    const [, , encoding = 0, length = 0] = got;
    if (block === 0 && (encoding & 0x0f) === 0) last = blocksOf(length);
    bytes.push(...got.slice(REPLY_BYTES - (block === 0 ? FIRST_BYTES : BLOCK_BYTES)));
  }
  const [text = ''] = String.fromCharCode(...bytes).split('\0');
  session.print(`${text}\n`);
  return { code, block };
}

async function write(session: Session, item: Item, text: string): Promise<End> {
  const { parameter, blocks } = item;
  const isLong = blocksOf(text.length) >= blocks;
  const length = isLong ? blocks * BLOCK_BYTES - HEAD_BYTES : text.length;
  let [block, at] = [0, 0];
  do {
    const size = block === 0 ? FIRST_BYTES : BLOCK_BYTES;
    const part = Buffer.alloc(size);
    part.write(text.slice(at, at + size), 'latin1');
    const data = [parameter, block, ...(block === 0 ? [0, length] : []), ...part];
    const reply = await ask(session, { netFn: NetFn.APP, cmd: AppCmd.SET_SYSTEM_INFO, data });
    if (reply?.completionCode !== Completion.OK) return { code: reply?.completionCode, block };
    at += size;
    block += 1;
  } while (at < length);
  return { code: 0, block };
}

function blocksOf(length: number): number {
  return Math.ceil((length + HEAD_BYTES) / BLOCK_BYTES);
}
