/**
 * Addresses in networks: text in programs, bytes on the wire with the first byte of the text first
 * (IPMI 2.0 table 23-4).
 */

import { bytes, encode, mapped } from './codec.ts';
import type { Field } from './codec.ts';

const IPV4_BYTES = 4;
const IPV6_GROUPS = 8;

/** First bytes of networks that no host is in. */
const LOOPBACK_NET = 127;
const MULTICAST_FIRST = 224;
const RESERVED_FIRST = 240;

const MAC_BYTES = 6;

/** The bytes of an address such as `192.0.2.1`; undefined for text that is none. */
export function ipv4Bytes(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  const isAddress = parts.length === IPV4_BYTES && parts.every(isOctet);
  return isAddress ? Uint8Array.from(parts, Number) : undefined;
}

/** Decimal without leading zeros, which some programs take for octal. */
function isOctet(text: string): boolean {
  return /^(0|[1-9]\d{0,2})$/.test(text) && Number(text) <= 0xff;
}

/** The bytes of an address such as `2001:db8::1`; undefined for text that is none. */
export function ipv6Bytes(text: string): Uint8Array | undefined {
  const [head = '', tail, ...others] = text.split('::');
  if (others.length > 0) return undefined;
  const before = groupsOf(head, tail === undefined);
  const behind = groupsOf(tail ?? '', true);
  if (before === undefined || behind === undefined) return undefined;
  const missing = IPV6_GROUPS - before.length - behind.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...new Array<number>(missing).fill(0), ...behind];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** The numbers of groups with colons between; at the end, two may be written as in IPv4. */
function groupsOf(text: string, isEnd: boolean): readonly number[] | undefined {
  if (text === '') return [];
  const words = text.split(':').flatMap((word, at, all) => {
    const four = isEnd && at === all.length - 1 ? ipv4Bytes(word) : undefined;
    if (four === undefined) return [word];
    const [a = 0, b = 0, c = 0, d = 0] = four;
    return [((a << 8) | b).toString(16), ((c << 8) | d).toString(16)];
  });
  const isAll = words.every((word) => /^[0-9a-f]{1,4}$/i.test(word));
  return isAll ? words.map((word) => Number.parseInt(word, 16)) : undefined;
}

/** The bytes of an address such as `02:00:5e:10:00:01`; undefined for text that is none. */
export function macBytes(text: string): Uint8Array | undefined {
  const parts = text.split(/[:-]/);
  const isAddress = parts.length === MAC_BYTES && parts.every((one) => /^[0-9a-f]{2}$/i.test(one));
  return isAddress ? Uint8Array.from(parts, (one) => Number.parseInt(one, 16)) : undefined;
}

function ipv4Text(address: Uint8Array): string {
  return address.join('.');
}

function macText(address: Uint8Array): string {
  return [...address].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** As RFC 5952 writes it: lower case, and the longest run of zeros as `::`. */
function ipv6Text(address: Uint8Array): string {
  const groups = Array.from({ length: IPV6_GROUPS }, (_, at) =>
    (((address[2 * at] ?? 0) << 8) | (address[2 * at + 1] ?? 0)).toString(16),
  );
  const { start, length } = longestZeros(groups);
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

/** The first of the longest runs of zeros. */
function longestZeros(groups: readonly string[]): { start: number; length: number } {
  const runs = groups.map((_, start) => {
    const end = groups.findIndex((group, at) => at >= start && group !== '0');
    return { start, length: (end === -1 ? groups.length : end) - start };
  });
  return runs.reduce((best, run) => (run.length > best.length ? run : best));
}

function address(
  count: number,
  textOf: (address: Uint8Array) => string,
  bytesOf: (text: string) => Uint8Array | undefined,
): Field<string> {
  return mapped(bytes(count), textOf, (text) => {
    const found = bytesOf(text);
    if (found === undefined) throw new RangeError(`${JSON.stringify(text)} is not an address`);
    return found;
  });
}

/** Four bytes as `192.0.2.1`. */
export const ipv4 = address(IPV4_BYTES, ipv4Text, ipv4Bytes);

/** Sixteen bytes as `2001:db8::1`. */
export const ipv6 = address(2 * IPV6_GROUPS, ipv6Text, ipv6Bytes);

/** Six bytes as `02:00:5e:10:00:01`. */
export const mac = address(MAC_BYTES, macText, macBytes);

/** True for a netmask: ones, and zeros behind them. */
export function isNetmask(text: string): boolean {
  const found = ipv4Bytes(text);
  if (found === undefined) return false;
  return /^1*0*$/.test([...found].map((byte) => byte.toString(2).padStart(8, '0')).join(''));
}

/**
 * The reason for which no host of a network can have this IPv4 address, in words behind it;
 * undefined for one that can (RFC 1122 §3.2.1.3, RFC 1112 §4).
 */
export function hostTrouble(text: string): string | undefined {
  const [first = 0] = encode(ipv4, text);
  if (first === 0) return 'is of "this network", and of no host';
  if (first === LOOPBACK_NET) return 'is a loopback address';
  if (first < MULTICAST_FIRST) return undefined;
  return first < RESERVED_FIRST ? 'is a multicast address' : 'is reserved, or for broadcasts';
}

/** The first and the last address of the subnet that a host is in. */
export function subnetOf(host: string, mask: string): { first: string; last: string } {
  const [bytes, ones] = [encode(ipv4, host), encode(ipv4, mask)];
  const first = Uint8Array.from(bytes, (byte, at) => byte & (ones[at] ?? 0));
  const last = Uint8Array.from(bytes, (byte, at) => byte | (~(ones[at] ?? 0) & 0xff));
  return { first: ipv4Text(first), last: ipv4Text(last) };
}
