/** `ipmitool sel info` (IPMI 2.0 §31.2, §31.3). */

import { TIME_UNSPECIFIED } from '../../ipmi/bmc-time.ts';
import { EVENT_RECORD_BYTES } from '../../ipmi/event-record.ts';
import { GET_SEL_ALLOCATION, GET_SEL_INFO } from '../../ipmi/sel.ts';
import { askFor, byteAt } from './ask.ts';
import { numericTime } from './bmc-times.ts';
import { say } from './sdr-search.ts';
import type { Session } from './session.ts';

const INFO_BYTES = 14;

/** Free space, or the size, that is so much or more. */
const SPACE_MAX = 0xffff;

/** Versions that ipmitool knows. */
const VERSIONS: ReadonlySet<number> = new Set([0x51, 0x02]);

/** Bits of the last byte, in the order of their printing. */
const SUPPORTED: readonly (readonly [bit: number, words: string])[] = [
  [0x08, "'Delete' "],
  [0x04, "'Partial Add' "],
  [0x02, "'Reserve' "],
  [0x01, "'Get Alloc Info' "],
];

const OVERFLOW = 0x80;
const HAS_ALLOCATION = 0x01;

/** Prints it. */
export async function printInfo(session: Session): Promise<number> {
  const { netFn, cmd } = GET_SEL_INFO;
  const text = 'Get SEL Info command failed';
  const reply = await askFor(session, { netFn, cmd }, { text });
  if (reply === undefined) return 1;
  const { data } = reply;
  if (data.length !== INFO_BYTES) {
    return say(session, [`${text}: Invalid data length ${data.length}`], 1);
  }
  session.print(infoText(data));
  const support = data[13] ?? 0;
  return (support & HAS_ALLOCATION) === 0 ? 0 : await printAllocation(session);
}

function infoText(data: Uint8Array): string {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const version = view.getUint8(0);
  const [entries, free] = [view.getUint16(1, true), view.getUint16(3, true)];
  const used = entries * EVENT_RECORD_BYTES;
  const size = free + used;
  const percent = `${entries === 0 ? 0 : Math.trunc((100 * used) / size)}%`;
  const support = view.getUint8(13);
  const names = SUPPORTED.filter(([bit]) => (support & bit) !== 0).map(([, words]) => words);
  const kind = VERSIONS.has(version) ? 'v1.5, v2 compliant' : 'Unknown';
  return (
    'SEL Information\n' +
    `Version          : ${version & 0x0f}.${version >> 4} (${kind})\n` +
    `Entries          : ${entries}\n` +
    `Free Space       : ${free} bytes ${free === SPACE_MAX ? 'or more' : ''}\n` +
    `Percent Used     : ${size >= SPACE_MAX ? 'unknown' : percent}\n` +
    `Last Add Time    : ${timeText(view.getUint32(5, true))}\n` +
    `Last Del Time    : ${timeText(view.getUint32(9, true))}\n` +
    `Overflow         : ${(support & OVERFLOW) === 0 ? 'false' : 'true'}\n` +
    `Supported Cmds   : ${names.length === 0 ? 'None' : names.join('')}\n`
  );
}

function timeText(seconds: number): string {
  return seconds === 0 || seconds === TIME_UNSPECIFIED ? 'Not Available' : numericTime(seconds);
}

async function printAllocation(session: Session): Promise<number> {
  const { netFn, cmd } = GET_SEL_ALLOCATION;
  const failing = { text: 'Get SEL Allocation Info command failed' };
  const reply = await askFor(session, { netFn, cmd }, failing);
  if (reply === undefined) return 1;
  const word = (at: number): number => byteAt(reply, at) | (byteAt(reply, at + 1) << 8);
  session.print(
    `# of Alloc Units : ${word(0)}\n` +
      `Alloc Unit Size  : ${word(2)}\n` +
      `# Free Units     : ${word(4)}\n` +
      `Largest Free Blk : ${word(6)}\n` +
      `Max Record Size  : ${byteAt(reply, 8)}\n`,
  );
  return 0;
}
