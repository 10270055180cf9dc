/**
 * GUIDs: Get Device GUID (IPMI 2.0 §20.8) and Get System GUID (§22.14). IPMI sends the fields of
 * RFC 4122 last field first, and each with its least significant byte first, so that the 16 bytes
 * are those of the text in reverse. (SMBIOS keeps the fields in order, so that a GUID which a BMC
 * copied from there reads differently here.)
 */

import { bytes, decodeFrontOr, mapped, nothing } from './codec.ts';
import type { Field } from './codec.ts';
import type { Command } from './command.ts';
import { AppCmd, NetFn } from './commands.ts';

const GUID_BYTES = 16;

/** The text has a hyphen before each of these bytes. */
const GROUP_STARTS: ReadonlySet<number> = new Set([4, 6, 8, 10]);

/** A GUID as text, in lower case. */
const GUID: Field<string> = mapped(bytes(GUID_BYTES), textOf, bytesOf);

/** Get Device GUID (§20.8). */
export const GET_DEVICE_GUID: Command<void, string> = {
  netFn: NetFn.APP,
  cmd: AppCmd.GET_DEVICE_GUID,
  section: '§20.8',
  request: nothing,
  response: GUID,
};

/** Get System GUID (§22.14). */
export const GET_SYSTEM_GUID: Command<void, string> = {
  netFn: NetFn.APP,
  cmd: AppCmd.GET_SYSTEM_GUID,
  section: '§22.14',
  request: nothing,
  response: GUID,
};

/**
 * Decodes response data to the text of a GUID, in lower case; `undefined` when the data is too
 * short, or is no GUID.
 */
export function decodeGuid(data: Uint8Array): string | undefined {
  const text = decodeFrontOr(GUID, data);
  return text === undefined ? undefined : givenGuid(text);
}

/** A GUID as it is; `undefined` for all zeros or all ones, as of a BMC that was given none. */
export function givenGuid(text: string): string | undefined {
  return /^(0|-)*$|^(f|-)*$/.test(text) ? undefined : text;
}

function textOf(sent: Uint8Array): string {
  const digits = [...sent].reverse().map((byte, index) => {
    const hyphen = GROUP_STARTS.has(index) ? '-' : '';
    return hyphen + byte.toString(16).padStart(2, '0');
  });
  return digits.join('');
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll('-', ''), 'hex')).reverse();
}
