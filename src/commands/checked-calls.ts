/**
 * The door of the typed commands: what a caller passes to a method of a family is held against
 * tables, before anything is sent. An option that is misspelt would otherwise be one that is not
 * given, and `{ chek: true }` would set.
 */

import { aSignal, checkOptionsOf, timeout } from '../option-table.ts';
import type { OptionTable } from '../option-table.ts';
import type { CallOptions } from './caller.ts';

/** An object that a method takes: one as it may look, for errors, and the check of each name. */
export interface Taken<Options> {
  readonly example: string;
  readonly table: OptionTable<Options>;
  /** Something else in its place may be a secret, and is not shown. */
  readonly isSecret?: true;
}

/** The objects that a method takes, by position; undefined for what it checks itself. */
type TakenBy<Args extends readonly unknown[]> = {
  readonly [At in keyof Args]: Taken<Exclude<Args[At], undefined>> | undefined;
};

type MethodName<Family> = {
  [Name in keyof Family]: Family[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof Family];

/** The same of each method of a family; the compiler notices one that is missing. */
export type TakenByMethods<Family> = {
  readonly [Name in MethodName<Family>]: Family[Name] extends (...args: infer Args) => unknown
    ? TakenBy<Required<Args>>
    : never;
};

/** The options of each request. */
export const CALL_TABLE: OptionTable<CallOptions> = { timeoutMs: timeout, signal: aSignal };

/** Options of a method that has no others. */
export const CALL: Taken<CallOptions> = { example: '{ timeoutMs: 5000 }', table: CALL_TABLE };

type Method = (...args: readonly unknown[]) => unknown;

/**
 * Has the methods of a class check what they take: one that returns a promise rejects with a
 * `TypeError` or `RangeError`, an iterator throws it. `titleOf` makes the name of a method as a
 * caller writes it, such as `sel.info()`.
 */
export function checkCalls<Family extends object>(
  family: { readonly prototype: Family },
  titleOf: (method: string) => string,
  taken: TakenByMethods<Family>,
): void {
  const { prototype } = family;
  for (const [name, positions] of Object.entries<readonly (Taken<object> | undefined)[]>(taken)) {
    const method = Reflect.get(prototype, name) as Method;
    const isIterator = Object.prototype.toString.call(method) === '[object AsyncGeneratorFunction]';
    const title = titleOf(name);
    // Those in front of the first one with a default must be given.
    const required = method.length;
    const checked = function (this: Family, ...args: readonly unknown[]): unknown {
      try {
        for (const [at, one] of positions.entries()) {
          if (one === undefined || (at >= required && args[at] === undefined)) continue;
          checkOne(title, one, args[at]);
        }
      } catch (error) {
        if (isIterator) throw error;
        return rejected(error);
      }
      return Reflect.apply(method, this, args);
    };
    Object.defineProperty(prototype, name, {
      ...Object.getOwnPropertyDescriptor(prototype, name),
      value: checked,
    });
  }
}

/** Rejects, as the method itself would. */
async function rejected(error: unknown): Promise<never> {
  await Promise.resolve();
  throw error;
}

function checkOne(title: string, taken: Taken<object>, value: unknown): void {
  const { example, table, isSecret = false } = taken;
  if (isSecret && typeof value !== 'object') {
    throw new TypeError(`${title} takes an object such as ${example}, not a ${typeof value}`);
  }
  checkOptionsOf<object>({ name: title, example }, value, table);
}
