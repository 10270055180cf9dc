/**
 * Makes tests fail that could not: a table of cases that is empty, and a `toThrow` that is met by a
 * value other than an error. Vitest compares a pattern with such a value by its type only, so that
 * `throw undefined` satisfies every pattern. Loaded before every test file.
 */

import { chai, describe, test } from 'vitest';

import { nonEmpty } from './lists.ts';

type Assertion = object;

/** Marks what is strict already: files of one worker share vitest, and load this file anew. */
const STRICT = Symbol.for('strict');

chai.use(({ Assertion }, utils) => {
  const marked = Assertion.prototype as { [STRICT]?: boolean };
  if (marked[STRICT] === true) return;
  marked[STRICT] = true;
  for (const name of ['toThrow', 'toThrowError']) {
    utils.overwriteMethod(Assertion.prototype, name, (original: (...all: unknown[]) => unknown) =>
      strictly(original, utils),
    );
  }
});

/** The method `original` of an assertion, which then requires an `Error`. */
function strictly(original: (...all: unknown[]) => unknown, utils: Chai.ChaiUtils) {
  return function (this: Assertion, ...expected: unknown[]): unknown {
    const flag = (name: string): unknown => utils.flag(this, name) as unknown;
    if (flag('negate') === true) return original.apply(this, expected);
    let thrown: unknown = flag('object');
    if (flag('promise') === undefined && typeof thrown === 'function') {
      const call = thrown as () => unknown;
      utils.flag(this, 'object', () => {
        try {
          return call();
        } catch (error) {
          thrown = error;
          throw error;
        }
      });
    }
    const result = original.apply(this, expected);
    if (!(thrown instanceof Error)) throw new Error(`thrown is no Error: ${String(thrown)}`);
    return result;
  };
}

type Each = ((...all: unknown[]) => unknown) & { [STRICT]?: boolean };

for (const kind of [test, describe] as { each: Each }[]) {
  const { each } = kind;
  if (each[STRICT] === true) continue;
  const strict: Each = (cases, ...rest) => {
    if (Array.isArray(cases)) nonEmpty(cases);
    return each.call(kind, cases, ...rest);
  };
  kind.each = Object.assign(strict, { [STRICT]: true });
}
