/**
 * Answers of a BMC for a comparison with another program: most values are none that another field
 * of the same answer has too, so that a field that is read in the wrong place is noticed.
 */

import type { RequestInput } from '../../src/ipmi/requester.ts';

/** Data of the replies by network function and command, and by parameter where they have one. */
const REPLIES: Readonly<Record<string, readonly number[]>> = {
  '30/7f': [0xbe, 0xef],
  '6/1': [0x20, 0x81, 0x02, 0x35, 0x02, 0xbf, 0x91, 0x12, 0, 0x34, 0x12, 1, 2, 3, 4],
  '6/2f': [0x2b],
  '6/25': [0x44, 0x31, 5, 0x10, 0x2c, 0x01, 0xc8, 0x00],
  '0/1': [0x2b, 0x1a, 0x4b, 0xa5],
  '0/7': [0x04, 0x01],
  '0/f': [5, 0x39, 0x30, 0, 0],
  '6/42': [1, 4, 1, 0x83, 0xf2, 0x1b, 0, 0, 0],
  'a/40': [0x51, 0x34, 0x12, 0, 0x20, 0, 0x60, 0x70, 0x66, 0x10, 0x61, 0x70, 0x66, 0x8b],
  'a/41': [0x00, 0x10, 0x10, 0, 0, 2, 0x80, 1, 2],
  '2c/2': [0xdc, 0x2c, 1, 0x64, 0, 0xf4, 1, 0x2d, 1, 0x60, 0x70, 0x66, 0x66, 0xe8, 3, 0, 0, 0x40],
  '2c/3': [0xdc, 0, 0, 0x11, 0xc2, 1, 0x70, 0x17, 0, 0, 0, 0, 0x3c, 0],
  'c/22/0': [0x11, 0],
  'c/22/1': [0x11, 1],
  'c/22/2': [0x11, 0xc3],
  'c/22/3': [0x11, 10, 200],
  'c/22/4': [0x11, 0x07, 0x14],
  'c/22/5': [0x11, 0x0a],
  'c/22/6': [0x11, 0x09],
  'c/22/7': [0x11, 1],
  'c/22/8': [0x11, 0x6f, 2],
  'c/2/0': [0x11, 0],
  'c/2/1': [0x11, 0x17],
  'c/2/2': [0x11, 0x10, 0x14, 0x02, 0x15, 0x00],
  'c/2/3': [0x11, 192, 168, 7, 9],
  'c/2/4': [0x11, 2],
  'c/2/5': [0x11, 0xaa, 0xa0, 0xa1, 1, 2, 3],
  'c/2/6': [0x11, 255, 255, 240, 0],
  'c/2/7': [0x11, 0x41, 0x40, 0x50],
  'c/2/a': [0x11, 3],
  'c/2/b': [0x11, 4],
  'c/2/c': [0x11, 192, 168, 0, 1],
  'c/2/d': [0x11, 1, 2, 3, 4, 5, 6],
  'c/2/e': [0x11, 192, 168, 0, 2],
  'c/2/f': [0x11, 6, 5, 4, 3, 2, 1],
  'c/2/10': [0x11, ...Buffer.from('public'.padEnd(18, '\0'))],
  'c/2/14': [0x11, 0x2a, 0x81],
  'c/2/15': [0x11, 5],
  'c/2/16': [0x11, 3],
  'c/2/17': [0x11, 0, 0, 3, 8, 17],
  'c/2/18': [0x11, 0, 0x43, 0x12, 0, 0, 0, 0, 0, 0],
  'c/2/1a': [0x11, 3, 5, 10, 0, 6, 0],
};

/** Get Channel Access of the non-volatile settings, and of those in force. */
const ACCESS: Readonly<Record<number, readonly number[]>> = { 1: [0x2a, 0x03], 2: [0x12, 0x04] };

const TRANSPORT = 0x0c;
const UNKNOWN_PARAMETER = 0x80;

/** The completion code and data of a reply; undefined for a command that is none of these. */
export function peerReply({ netFn, cmd, data }: RequestInput): readonly number[] | undefined {
  const name = `${netFn.toString(16)}/${cmd.toString(16)}`;
  const second = data?.[1] ?? 0;
  const reply = REPLIES[name] ?? REPLIES[`${name}/${second.toString(16)}`];
  if (reply !== undefined) return [0x00, ...reply];
  if (name === '6/41') return [0x00, ...(ACCESS[second >> 6] ?? [])];
  return netFn === TRANSPORT ? [UNKNOWN_PARAMETER] : undefined;
}
