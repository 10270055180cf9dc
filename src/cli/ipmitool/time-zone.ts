/**
 * The names of time zones, such as `CET`, which C's `%Z` writes and JavaScript does not know: from
 * the files of the system's time zone database (RFC 8536).
 */

import { readFileSync } from 'node:fs';

/** The abbreviation of the local time zone at a time in seconds since 1970. */
export function zoneName(seconds: number, zone = process.env['TZ']): string {
  const file = fileOf(zone);
  const names = file === undefined ? undefined : parsed(file);
  return names === undefined ? ruleName(zone ?? '', seconds) : nameAt(names, seconds);
}

/** The transitions of a zone, and the rule behind the last one. */
interface Names {
  readonly transitions: readonly (readonly [seconds: number, name: string])[];
  readonly first: string;
  readonly rule: string;
}

const MAGIC = 'TZif';
const HEAD_BYTES = 44;

/** Sizes in the second block, whose times have 64 bits. */
const TIME_BYTES = 8;
const TYPE_BYTES = 6;

/** A leap second has a time and a correction. */
const LEAP_BYTES = 12;

/** A time of the first block, which is for 32 bits. */
const SHORT_TIME_BYTES = 4;
const SHORT_LEAP_BYTES = 8;

function fileOf(zone: string | undefined): Buffer | undefined {
  const name = zone?.replace(/^:/, '');
  const path = name === undefined ? '/etc/localtime' : `/usr/share/zoneinfo/${name}`;
  try {
    return name === '' ? undefined : readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Counts of a block: of UTC flags, standard flags, leap seconds, times, types and characters. */
function countsAt(file: Buffer, at: number): readonly number[] {
  return [20, 24, 28, 32, 36, 40].map((offset) => file.readUInt32BE(at + offset));
}

function parsed(file: Buffer): Names | undefined {
  if (file.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  const [utc = 0, standard = 0, leaps = 0, times = 0, types = 0, chars = 0] = countsAt(file, 0);
  const firstBlock = times * (SHORT_TIME_BYTES + 1) + types * TYPE_BYTES + chars;
  const start = HEAD_BYTES + firstBlock + leaps * SHORT_LEAP_BYTES + standard + utc;
  return file.length > start + HEAD_BYTES ? secondBlock(file, start) : undefined;
}

function secondBlock(file: Buffer, start: number): Names {
  const [utc = 0, standard = 0, leaps = 0, times = 0, types = 0, chars = 0] = countsAt(file, start);
  const timesAt = start + HEAD_BYTES;
  const indexesAt = timesAt + times * TIME_BYTES;
  const typesAt = indexesAt + times;
  const charsAt = typesAt + types * TYPE_BYTES;
  const nameOf = (type: number): string => {
    const at = charsAt + file.readUInt8(typesAt + type * TYPE_BYTES + 5);
    return file.toString('latin1', at, file.indexOf(0, at));
  };
  const transitions = Array.from({ length: times }, (_, index) => {
    const seconds = Number(file.readBigInt64BE(timesAt + index * TIME_BYTES));
    return [seconds, nameOf(file.readUInt8(indexesAt + index))] as const;
  });
  const rule = file.toString('latin1', charsAt + chars + leaps * LEAP_BYTES + standard + utc);
  return { transitions, first: nameOf(0), rule: rule.trim() };
}

function nameAt({ transitions, first, rule }: Names, seconds: number): string {
  const next = transitions.findIndex(([from]) => from > seconds);
  if (next > 0) return transitions[next - 1]?.[1] ?? first;
  if (next === 0) return first;
  return rule === '' ? (transitions.at(-1)?.[1] ?? first) : ruleName(rule, seconds);
}

/** The name by a rule such as `CET-1CEST,M3.5.0,M10.5.0/3`: `UTC` where it is none. */
function ruleName(rule: string, seconds: number): string {
  const found = /^(<[^>]+>|[A-Za-z]+)([-+]?)(\d+)(?::(\d+))?[:\d]*(<[^>]+>|[A-Za-z]+)?/.exec(rule);
  if (found === null) return 'UTC';
  const [, standard = '', sign, hours, minutes = '0', summer = standard] = found;
  const west = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  const isStandard = new Date(seconds * 1000).getTimezoneOffset() === west;
  return (isStandard ? standard : summer).replace(/[<>]/g, '');
}
