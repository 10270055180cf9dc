/**
 * Options of callers in JavaScript, where no compiler knows the types. Each function that takes
 * options has a table of them, with a check each, and {@link checkOptionsOf} holds the options
 * against it. An error names the option, what it may be, and what it is.
 */

import { checkInteger, checkTimeout, kindOf } from './errors.ts';
import type { Range } from './errors.ts';

/** Throws a `TypeError` or `RangeError` that begins with `name` unless the value is right. */
export type Check = (name: string, value: unknown) => void;

/** The check of every option of `Options`; the compiler notices one that is missing. */
export type OptionTable<Options> = { readonly [Name in keyof Required<Options>]: Check };

/** The function whose options are checked. */
export interface Call {
  /** Its name as a caller writes it, such as `open()`. */
  readonly name: string;
  /** Options as they may look. */
  readonly example: string;
}

/** More differences than this make another word, not a misspelt one. */
const DIFFERENCES_MAX = 2;

/** Throws unless `options` is an object of which each name is in `table` and each value right. */
export function checkOptionsOf<Options>(
  call: Call,
  options: unknown,
  table: OptionTable<Options>,
): void {
  const checks: Readonly<Record<string, Check>> = table;
  if (!isPlain(options)) {
    const hint = isOfAbort(options) ? '; pass its signal, as { signal }' : '';
    const text = `${call.name} takes an object such as ${call.example}, not ${kindOf(options)}`;
    throw new TypeError(`${text}${hint}`);
  }
  for (const name in options) {
    const check = Object.hasOwn(checks, name) ? checks[name] : undefined;
    if (check === undefined) throw unknownName(`${call.name} has no option`, name, checks);
    const value = (options as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined) check(name, value);
  }
}

/** True for an object that is but its properties: no list, promise, date, error and so on. */
export function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Symbol.iterator in value) return false;
  return Object.prototype.toString.call(value) === '[object Object]';
}

function isOfAbort(value: unknown): boolean {
  return value instanceof AbortController || value instanceof AbortSignal;
}

/** The error for a name that is none of `known`, with the nearest one, or all of them. */
export function unknownName(text: string, name: string, known: object): TypeError {
  const names = Object.keys(known);
  const near = nearest(name, names);
  const remedy = near === undefined ? `; it has ${names.join(', ')}` : `; did you mean ${near}?`;
  return new TypeError(`${text} ${JSON.stringify(name)}${remedy}`);
}

/** The name that a misspelt one may stand for; undefined when none is like it. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const word = name.toLowerCase();
  const begun = (known: string): boolean => word.length > 2 && known.toLowerCase().startsWith(word);
  const ranked = names
    .map((known) => ({ known, count: begun(known) ? 1 : differences(word, known.toLowerCase()) }))
    .sort((one, other) => one.count - other.count);
  const [best] = ranked;
  return best !== undefined && best.count <= DIFFERENCES_MAX ? best.known : undefined;
}

/** Levenshtein's distance: letters to be put in, taken out or replaced. */
function differences(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [at, letter] of one.split(/(?:)/u).entries()) {
    const next = [at + 1];
    for (const [index, known] of other.split(/(?:)/u).entries()) {
      const replaced = (row[index] ?? 0) + (letter === known ? 0 : 1);
      next.push(Math.min(replaced, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** Takes what {@link kindOf} describes as something else than `what`. */
export function wrongType(name: string, what: string, value: unknown): TypeError {
  return new TypeError(`${name} must be ${what}, not ${kindOf(value)}`);
}

/** An integer in a range. */
export function integer(range: Range): Check {
  return (name, value) => {
    checkInteger(name, value, range);
  };
}

/** A time in milliseconds that a timer can wait. */
export const timeout: Check = checkTimeout;

/** A finite number that is not negative. */
export const amount: Check = (name, value) => {
  if (typeof value !== 'number') throw wrongType(name, 'a number', value);
  if (value >= 0 && value < Infinity) return;
  throw new RangeError(`${name} must be a number from 0 on, not ${value}`);
};

/** One of these values. */
export function oneOf(...choices: readonly (string | number | boolean)[]): Check {
  const words = choices.map((choice) => (choice === '' ? "''" : String(choice)));
  const what = `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
  return (name, value) => {
    const known: readonly unknown[] = choices;
    if (!known.includes(value)) throw wrongType(name, what, value);
  };
}

export const aBoolean: Check = oneOf(true, false);

export const aFunction: Check = (name, value) => {
  if (typeof value !== 'function') throw wrongType(name, 'a function', value);
};

export const anArray: Check = (name, value) => {
  if (!Array.isArray(value)) throw wrongType(name, 'an array', value);
};

/** An object with these methods; `what` names it. */
export function withMethods(what: string, ...methods: readonly string[]): Check {
  return (name, value) => {
    const lacking = lackingMethods(value, methods);
    if (lacking.length === 0) return;
    const described = `${what} (with ${methods.join(', ')})`;
    if (typeof value !== 'object') throw wrongType(name, described, value);
    const text = `${name} must be ${described}, not ${kindOf(value)}`;
    throw new TypeError(`${text} that lacks ${lacking.join(', ')}`);
  };
}

function lackingMethods(value: unknown, methods: readonly string[]): readonly string[] {
  if (typeof value !== 'object' || value === null) return methods;
  const object = value as Readonly<Record<string, unknown>>;
  return methods.filter((method) => typeof object[method] !== 'function');
}

/** An `AbortSignal`, of this realm or another. */
export const aSignal: Check = (name, value) => {
  if (lackingMethods(value, ['addEventListener', 'removeEventListener']).length === 0) {
    if (typeof (value as { readonly aborted?: unknown }).aborted === 'boolean') return;
  }
  const hint = value instanceof AbortController ? '; pass its signal' : '';
  throw new TypeError(`${name} must be an AbortSignal, not ${kindOf(value)}${hint}`);
};
