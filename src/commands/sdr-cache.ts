/**
 * The cache of an SDR repository: the records as text, with all that tells whether they are still
 * those of the BMC. The program keeps the text; a file or a map will do.
 */

import { TIME_UNSPECIFIED, secondsOf } from '../ipmi/bmc-time.ts';
import type { SdrRepositoryInfo } from '../ipmi/sdr-commands.ts';

/**
 * Keeps one text for each BMC. It may forget at any time. An error that it throws ends the
 * operation, so a cache that cannot be used says nothing and knows nothing.
 */
export interface SdrCache {
  /** The text that was last set, if it is known; `key` holds the GUID of the BMC. */
  get(key: string): string | undefined | Promise<string | undefined>;
  set(key: string, text: string): void | Promise<void>;
}

/** Raised when the text changes its form. */
const VERSION = 1;

/** The first field of the text. */
const FORMAT = 'ipmi-bt/sdr-cache';

/** A time that is not known (§33.9): 0 is what BMCs say that keep none. */
const UNKNOWN_TIMES: ReadonlySet<number> = new Set([0, TIME_UNSPECIFIED]);

/** FNV-1a, 32 bits. */
const FNV_START = 0x811c_9dc5;
const FNV_PRIME = 0x0100_0193;

/** Everything that the text consists of; in its order. */
interface CacheText {
  readonly format: string;
  readonly version: number;
  readonly stamp: string;
  /** Of the records, to notice damage. */
  readonly sum: number;
  /** Each in hex. */
  readonly records: readonly string[];
}

/** The key of a BMC's records. */
export function cacheKey(guid: string): string {
  return `sdr-${guid}`;
}

/**
 * The state of a repository in a text: equal for two only if its records are the same. Undefined
 * for a BMC that does not tell when they were changed, whose records are therefore not kept.
 */
export function stampOf(info: SdrRepositoryInfo): string | undefined {
  const times = [info.lastAdd, info.lastErase].map(secondsOf);
  if (times.every((time) => UNKNOWN_TIMES.has(time))) return undefined;
  return changeOf(info);
}

/** The same for comparing two answers of one BMC, shortly after one another. */
export function changeOf(info: SdrRepositoryInfo): string {
  const { version, records, freeBytes, lastAdd, lastErase } = info;
  return [version, records, freeBytes, secondsOf(lastAdd), secondsOf(lastErase)].join('/');
}

/** Makes the text. */
export function cacheText(stamp: string, records: readonly Uint8Array[]): string {
  const list = records.map((record) => Buffer.from(record).toString('hex'));
  const sum = checksum(list);
  const text: CacheText = { format: FORMAT, version: VERSION, stamp, sum, records: list };
  return `${JSON.stringify(text)}\n`;
}

/** Reads it; undefined if it is damaged, of another version, or of another state. */
export function recordsIn(text: string, stamp: string): readonly Uint8Array[] | undefined {
  const value = parsed(text);
  if (value?.format !== FORMAT || value.version !== VERSION) return undefined;
  const { records } = value;
  if (value.stamp !== stamp || !Array.isArray(records)) return undefined;
  const list = records.map(String);
  if (checksum(list) !== value.sum) return undefined;
  return list.map((record) => Uint8Array.from(Buffer.from(record, 'hex')));
}

function parsed(text: string): Partial<CacheText> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function checksum(list: readonly string[]): number {
  let sum = FNV_START;
  for (const byte of Buffer.from(list.join())) sum = Math.imul(sum ^ byte, FNV_PRIME) >>> 0;
  return sum;
}
