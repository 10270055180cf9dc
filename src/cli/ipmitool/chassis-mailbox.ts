/** `ipmitool chassis bootmbox`: the boot initiator's mailbox, a parameter of the boot options. */

import { Completion } from '../../ipmi/completion.ts';
import { BootOptions, Progress, bootParameter } from './chassis-boot.ts';
import { bootParameterText } from './chassis-boot-text.ts';
import { MAILBOX_HELP } from './chassis-help.ts';
import { refuse } from './choose.ts';
import { cInt, cNumber } from './numbers.ts';
import type { Family, Session } from './session.ts';

const MAILBOX = 7;

/** Bytes of a block; the first one begins with an enterprise number (IPMI 2.0 table 28-14). */
const BLOCK_BYTES = 16;
const IANA_BYTES = 3;

/** Most blocks that ipmitool writes. */
const BLOCKS_MAX = 5;
const LAST_BLOCK = 255;

/** Parties that have not handled the mailbox yet: BIOS and loader. */
const PARTIES = 0x03;

/** The selection by the words in front. */
interface Selection {
  readonly block: number | undefined;
  readonly isText: boolean;
}

export const bootmbox: Family = async (session, words) => {
  const [verb = 'help', ...others] = words;
  if (verb === 'help') {
    session.complain(MAILBOX_HELP);
    return 0;
  }
  const isText = others[0] === 'text';
  const rest = isText ? others.slice(1) : others;
  const hasBlock = rest[0] === 'block';
  const [, word] = rest;
  if (hasBlock && word === undefined) {
    session.complain(MAILBOX_HELP);
    return 0;
  }
  const block = hasBlock ? cNumber(word ?? '', -0x8000, 0x7fff) : undefined;
  if (hasBlock && block === undefined) {
    session.complain(`Invalid block ${word ?? ''}`);
    return 0;
  }
  const selection = { isText, block: block === undefined || block < 0 ? undefined : block };
  if (verb === 'get') return await read(session, selection);
  if (verb === 'set') return await write(session, hasBlock ? rest.slice(2) : rest, selection);
  return 0;
};

async function read(session: Session, { block, isText }: Selection): Promise<number> {
  const blocks = block === undefined ? LAST_BLOCK + 1 : 1;
  for (let index = 0; index < blocks; index += 1) {
    const isLater = index > 0;
    const selector = (block ?? index) & 0xff;
    const asking = { parameter: MAILBOX, selector, mayEnd: isLater };
    const reply = await bootParameter(session, asking);
    if (reply === undefined) return isLater ? 0 : 1;
    const isOneOfAll = block === undefined;
    session.print(bootParameterText(reply, { isBare: isLater, isOneOfAll, isText }));
  }
  return 0;
}

async function write(
  session: Session,
  [iana, ...words]: readonly string[],
  { block, isText }: Selection,
): Promise<number> {
  const manufacturer = iana === undefined ? undefined : cInt(iana);
  if (manufacturer === undefined) {
    return refuse(session, 'No valid IANA PEN specified!\n', MAILBOX_HELP);
  }
  if (words.length === 0) return refuse(session, 'No data provided!\n', MAILBOX_HELP);
  const data = isText ? [...Buffer.from(`${words[0] ?? ''}\0`, 'latin1')] : bytesOf(session, words);
  const blocks = block === undefined ? Math.ceil(data.length / BLOCK_BYTES) : 1;
  if (blocks > BLOCKS_MAX) {
    const most = BLOCKS_MAX * BLOCK_BYTES - IANA_BYTES;
    return refuse(session, `Data size ${data.length} exceeds maximum (${most})`);
  }
  const ids = [0, 8, 16].map((shift) => (manufacturer >> shift) & 0xff);
  const options = new BootOptions(session);
  await options.progress(Progress.IN_PROGRESS);
  const code = await writeBlocks(session, options, { first: block ?? 0, blocks, data, ids });
  await options.progress(Progress.COMPLETE);
  return code === undefined ? 1 : 0;
}

/** The blocks that are written. */
interface Blocks {
  readonly first: number;
  readonly blocks: number;
  readonly data: readonly number[];
  /** The manufacturer, least significant byte first. */
  readonly ids: readonly number[];
}

async function writeBlocks(
  session: Session,
  options: BootOptions,
  { first, blocks, data, ids }: Blocks,
): Promise<number | undefined> {
  let at = 0;
  for (let index = 0; index < blocks && at < data.length; index += 1) {
    const block = first + index;
    const head = block === 0 ? ids : [];
    const part = data.slice(at, at + BLOCK_BYTES - head.length);
    at += part.length;
    const code = await options.set(MAILBOX, [block & 0xff, ...head, ...part]);
    if (code === Completion.OUT_OF_RANGE)
      session.complain(`Hit end of mailbox writing block ${block}`);
    if (code !== 0) return code;
  }
  await options.progress(Progress.COMMIT);
  return await options.acknowledge(PARTIES);
}

/** Reads bytes; the first word that is none is told, and there are zeros from it on. */
function bytesOf(session: Session, words: readonly string[]): readonly number[] {
  const bytes = words.map((word) => cNumber(word, 0, 0xff));
  const wrong = bytes.indexOf(undefined);
  if (wrong !== -1) session.complain(`Bad byte value: ${words[wrong] ?? ''}`);
  return bytes.map((byte, index) => (wrong === -1 || index < wrong ? (byte ?? 0) : 0));
}
