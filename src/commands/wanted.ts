/**
 * Checks of wanted settings, which come from programs and from files: each error names the path of
 * what is wrong, such as `lan.ipv4.address`, and no name is accepted that is not known.
 */

import { kindOf } from '../errors.ts';
import { hostTrouble, isNetmask, ipv4Bytes, ipv6Bytes, macBytes } from '../ipmi/address.ts';
import { isPlain, unknownName } from '../option-table.ts';

/** Returns the value, or throws a `TypeError` or `RangeError` that begins with the path. */
export type Wanted<T> = (value: unknown, path: string) => T;

/** The checks of an object, one for each of its names. */
export type WantedShape<T extends object> = {
  readonly [Name in keyof T]-?: Wanted<Exclude<T[Name], undefined>>;
};

/** An object of these names; those that are not in `required` may be left out. */
export function shape<T extends object>(
  checks: WantedShape<T>,
  required: readonly (keyof T & string)[] = [],
): Wanted<T> {
  const known = checks as Readonly<Record<string, Wanted<unknown>>>;
  return (value, path) => {
    if (!isPlain(value)) throw wrong(path, value, 'an object');
    const given = Object.entries(value).filter(([, one]) => one !== undefined);
    const fields = given.map(([name, one]) => {
      const check = Object.hasOwn(known, name) ? known[name] : undefined;
      if (check === undefined) throw unknownName(`${path} has no setting`, name, known);
      return [name, check(one, `${path}.${name}`)] as const;
    });
    const missing = required.find((name) => !given.some(([one]) => one === name));
    if (missing !== undefined) throw new TypeError(`${path}.${missing} is missing`);
    return Object.fromEntries(fields) as T;
  };
}

/** A list of such values. */
export function list<T>(check: Wanted<T>, most: number): Wanted<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw wrong(path, value, 'a list');
    if (value.length > most) {
      throw new RangeError(`${path} has ${value.length} entries, and ${most} at most are possible`);
    }
    return value.map((one: unknown, at) => check(one, `${path}[${at}]`));
  };
}

/** An object that maps numbers, as text, to such values. */
export function byNumber<T>(check: Wanted<T>, most: number): Wanted<Readonly<Record<string, T>>> {
  return (value, path) => {
    if (!isPlain(value)) throw wrong(path, value, 'an object');
    const fields = Object.entries(value).map(([name, one]) => {
      const isNumber = /^(0|[1-9]\d*)$/.test(name) && Number(name) <= most;
      if (!isNumber) throw new RangeError(`${path}.${name}: the name is no number of 0 to ${most}`);
      return [name, check(one, `${path}.${name}`)] as const;
    });
    return Object.fromEntries(fields);
  };
}

/** Null, or such a value. */
export function orNull<T>(check: Wanted<T>): Wanted<T | null> {
  return (value, path) => (value === null ? null : check(value, path));
}

/** One of these words. */
export function word<const Word extends string>(words: readonly Word[]): Wanted<Word> {
  return (value, path) => {
    const found = words.find((one) => one === value);
    if (found !== undefined) return found;
    throw new RangeError(`${path}: ${kindOf(value)} is none of ${words.join(', ')}`);
  };
}

/** An integer of a range. */
export function integerOf(least: number, most: number): Wanted<number> {
  return (value, path) => {
    if (typeof value !== 'number') throw wrong(path, value, 'a number');
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new RangeError(`${path}: ${value} is not an integer from ${least} to ${most}`);
  };
}

/** A multiple of `step` up to `most` steps. */
export function multipleOf(step: number, most: number): Wanted<number> {
  return (value, path) => {
    if (typeof value !== 'number') throw wrong(path, value, 'a number');
    const count = value / step;
    if (Number.isInteger(count) && count >= 0 && count <= most) return value;
    throw new RangeError(`${path}: ${value} is not a multiple of ${step} from 0 to ${most * step}`);
  };
}

/** True or false. */
export const truth: Wanted<boolean> = (value, path) => {
  if (typeof value === 'boolean') return value;
  throw wrong(path, value, 'true or false');
};

function text(what: string, isRight: (text: string) => boolean): Wanted<string> {
  return (value, path) => {
    if (typeof value === 'string' && isRight(value)) return value;
    throw wrong(path, value, what);
  };
}

export const ipv4Address = text('an IPv4 address', (value) => ipv4Bytes(value) !== undefined);
export const ipv6Address = text('an IPv6 address', (value) => ipv6Bytes(value) !== undefined);
export const macAddress = text('a MAC address', (value) => macBytes(value) !== undefined);
export const netmask = text('a netmask such as "255.255.255.0"', isUsedNetmask);

/** Ones in front, zeros behind; without any, the whole Internet would be one subnet. */
function isUsedNetmask(value: string): boolean {
  return isNetmask(value) && !value.startsWith('0.');
}

/** The IPv4 address of a host. */
export const ipv4Host: Wanted<string> = (value, path) => {
  const address = ipv4Address(value, path);
  const trouble = hostTrouble(address);
  if (trouble === undefined) return address;
  throw new RangeError(`${path}: ${address} ${trouble}`);
};

/** The same, or 0.0.0.0, which stands for none. */
export const ipv4HostOrNone: Wanted<string> = (value, path) =>
  value === '0.0.0.0' ? value : ipv4Host(value, path);

/** Throws a `RangeError` unless a setting is wanted; those in `beside` are none. */
export function checkNotEmpty(path: string, wanted: object, beside: readonly string[]): void {
  const given = Object.entries(wanted).filter(([name]) => !beside.includes(name));
  if (given.some(([, value]) => isSetting(value))) return;
  throw new RangeError(`${path} names no setting, and there is nothing to make as it is wanted`);
}

function isSetting(value: unknown): boolean {
  if (!isPlain(value)) return value !== undefined;
  return Object.values(value).some(isSetting);
}

/** Text in which `troubleOf` finds nothing wrong; the value itself is in no error. */
export function secretText(troubleOf: (text: string) => string | undefined): Wanted<string> {
  return (value, path) => {
    if (typeof value !== 'string') throw new TypeError(`${path} is not a string`);
    const trouble = troubleOf(value);
    if (trouble === undefined) return value;
    throw new RangeError(`${path} ${trouble}`);
  };
}

/** The error of a value that is not what it should be. */
export function wrong(path: string, value: unknown, what: string): TypeError {
  return new TypeError(`${path}: ${kindOf(value)} is not ${what}`);
}
