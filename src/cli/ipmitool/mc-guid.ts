/** `ipmitool mc guid`: the GUID in each of the orders of bytes that BMCs use. */

import { AppCmd, NetFn } from '../../ipmi/commands.ts';
import { Completion, completionText } from '../../ipmi/completion.ts';
import { ask } from './ask.ts';
import type { Family } from './session.ts';
import { numericTime } from './bmc-times.ts';

const GUID_BYTES = 16;

/** An order of the bytes, and what is said of it where it was found out. */
interface Encoding {
  readonly title: string;
  /** The bytes in the order of RFC 4122. */
  readonly order: (bytes: readonly number[]) => readonly number[];
}

const WARNING = '(WARNING: IPMI Specification violation!)';

/** Encodings in the order in which they are tried. */
const ENCODINGS: Readonly<Record<string, Encoding>> = {
  smbios: {
    title: `SMBIOS ${WARNING}`,
    order: (bytes) => [
      ...[3, 2, 1, 0, 5, 4, 7, 6].map((index) => bytes[index] ?? 0),
      ...bytes.slice(8),
    ],
  },
  // IPMI 2.0 §20.8: the least significant byte first.
  ipmi: { title: 'IPMI', order: (bytes) => [...bytes].reverse() },
  rfc: { title: `RFC4122 ${WARNING}`, order: (bytes) => bytes },
};

/** Versions of RFC 4122 §4.1.3. */
const VERSIONS: Readonly<Record<number, string>> = {
  1: 'Time-based',
  2: 'DCE Security with POSIX UIDs (not for IPMI)',
  3: 'Name-based using MD5',
  4: 'Random or pseudo-random',
  5: 'Name-based using SHA-1',
};

/** From the beginning of the Gregorian calendar to 1970, seconds (RFC 4122 §4.1.4). */
const GREGORIAN_SECONDS = 12_219_292_800;
const TICKS_A_SECOND = 10_000_000n;

export const guid: Family = async (session, [wanted = 'auto']) => {
  const reply = await ask(session, { netFn: NetFn.APP, cmd: AppCmd.GET_SYSTEM_GUID });
  if (reply === undefined) {
    session.complain('IPMI response is NULL.');
    return 1;
  }
  if (reply.completionCode !== Completion.OK) {
    session.complain(`IPMI command failed: ${completionText(reply.completionCode)}`);
    return 1;
  }
  if (reply.data.length !== GUID_BYTES) {
    session.complain('Unexpected data length received.');
    return 1;
  }
  session.print(guidText([...reply.data], wanted));
  return 0;
};

function guidText(bytes: readonly number[], wanted: string): string {
  const named = Object.hasOwn(ENCODINGS, wanted) ? ENCODINGS[wanted] : undefined;
  if (named !== undefined) return fields(named.order(bytes)) + details(named.order(bytes));
  const found = Object.values(ENCODINGS).find(({ order }) => versionOf(order(bytes)) in VERSIONS);
  if (found === undefined || wanted === 'dump')
    return row('System GUID', hexOf(bytes).toUpperCase());
  const ordered = found.order(bytes);
  return fields(ordered) + row('GUID Encoding', found.title) + details(ordered);
}

function row(label: string, value: string): string {
  return `${label.padEnd(13)} : ${value}\n`;
}

function fields(ordered: readonly number[]): string {
  const text = hexOf(ordered);
  const parts = [0, 8, 12, 16, 20].map((from, index, all) => text.slice(from, all[index + 1]));
  return row('System GUID', parts.join('-'));
}

function details(ordered: readonly number[]): string {
  const version = versionOf(ordered);
  const name = VERSIONS[version] ?? `Unknown/unsupported (${version})`;
  return row('GUID Version', name) + (version === 1 ? row('Timestamp', timeOf(ordered)) : '');
}

function versionOf(ordered: readonly number[]): number {
  return (ordered[6] ?? 0) >> 4;
}

/** The time of a GUID of version 1; ipmitool keeps 32 bits of it. */
function timeOf(ordered: readonly number[]): string {
  const text = hexOf(ordered);
  const ticks = BigInt(`0x${text.slice(13, 16)}${text.slice(8, 12)}${text.slice(0, 8)}`);
  const seconds = Number(ticks / TICKS_A_SECOND) - GREGORIAN_SECONDS;
  return numericTime(seconds >>> 0);
}

function hexOf(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
