/**
 * Strings of Get System Info Parameters (IPMI 2.0 §22.14b), which the host's firmware or its
 * operating system has left with the BMC.
 */

import type { Requester } from 'ipmi-bt';

const NET_FN_APP = 0x06;
const GET_SYSTEM_INFO_PARAMETERS = 0x59;

/** Parameters that are strings. */
export const SystemInfo = { SYSTEM_FIRMWARE_VERSION: 1, BMC_URL: 6 } as const;

/** Only reads, and may be sent again after silence. */
const READ = { retries: 2 } as const;

/** The longest string: its length is one byte. */
const BLOCKS_MAX = 16;

/** Bytes of a block in front of its data: revision of the parameter, and number of the block. */
const BLOCK_HEAD_BYTES = 2;

/** Bytes in front of the string in block 0: encoding and length. */
const STRING_HEAD_BYTES = 2;

/**
 * Reads a string; undefined where the BMC has none. One transaction, and one more for each 16 bytes
 * beyond the first 14.
 */
export async function readSystemInfo(
  requester: Requester,
  parameter: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const bytes: number[] = [];
  for (let block = 0; block < BLOCKS_MAX; block += 1) {
    const data = Uint8Array.of(0, parameter, block, 0);
    const request = { netFn: NET_FN_APP, cmd: GET_SYSTEM_INFO_PARAMETERS, data };
    const reply = await requester.request(request, { ...READ, signal });
    if (reply.completionCode !== 0 || reply.data.length <= BLOCK_HEAD_BYTES) break;
    bytes.push(...reply.data.subarray(BLOCK_HEAD_BYTES));
    if (bytes.length >= STRING_HEAD_BYTES + (bytes[1] ?? 0)) break;
  }
  return textOf(bytes);
}

/** Encodings 0 and 1, ASCII and UTF-8, are the same where they meet; 2 is UTF-16. */
const UTF_16 = 2;

function textOf([encoding = 0, length, ...text]: readonly number[]): string | undefined {
  if (length === undefined) return undefined;
  const bytes = Buffer.from(text.slice(0, length));
  const decoded = bytes.toString((encoding & 0x0f) === UTF_16 ? 'utf16le' : 'utf8');
  return decoded.replace(/\0.*$/s, '').trim();
}
