/**
 * GUIDs: Get Device GUID (IPMI 2.0 §20.8) and Get System GUID (§22.14). IPMI sends the fields of
 * RFC 4122 last field first, and each with its least significant byte first, so that the 16 bytes
 * are those of the text in reverse. (SMBIOS keeps the fields in order, so that a GUID which a BMC
 * copied from there reads differently here.)
 */

import { bytes, nothing } from './codec.ts';
import type { Command } from './command.ts';
import { AppCmd, NetFn } from './commands.ts';

const GUID_BYTES = 16;

/** Get Device GUID (§20.8): the bytes as they are sent. */
export const GET_DEVICE_GUID: Command<void, Uint8Array> = {
  netFn: NetFn.APP,
  cmd: AppCmd.GET_DEVICE_GUID,
  section: '§20.8',
  request: nothing,
  response: bytes(GUID_BYTES),
};

/** Get System GUID (§22.14): the bytes as they are sent. */
export const GET_SYSTEM_GUID: Command<void, Uint8Array> = {
  netFn: NetFn.APP,
  cmd: AppCmd.GET_SYSTEM_GUID,
  section: '§22.14',
  request: nothing,
  response: bytes(GUID_BYTES),
};

/** The text has a hyphen before each of these bytes. */
const GROUP_STARTS: ReadonlySet<number> = new Set([4, 6, 8, 10]);

/**
 * Decodes response data to the text of a GUID, in lower case; `undefined` when the data is too
 * short, or is all zeros or all ones, as of a BMC that was given no GUID.
 */
export function decodeGuid(data: Uint8Array): string | undefined {
  if (data.length < GUID_BYTES) return undefined;
  const bytes = [...data.subarray(0, GUID_BYTES)].reverse();
  if (bytes.every((byte) => byte === 0x00) || bytes.every((byte) => byte === 0xff)) {
    return undefined;
  }
  const digits = bytes.map((byte, index) => {
    const hyphen = GROUP_STARTS.has(index) ? '-' : '';
    return hyphen + byte.toString(16).padStart(2, '0');
  });
  return digits.join('');
}
