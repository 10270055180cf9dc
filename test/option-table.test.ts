/** Options held against a table: each kind of mistake, in words. */

import { expect, test } from 'vitest';

import { kindOf } from '../src/errors.ts';
import {
  aBoolean,
  aFunction,
  amount,
  anArray,
  checkOptionsOf,
  integer,
  oneOf,
  timeout,
} from '../src/option-table.ts';
import { thrownBy } from './support/thrown-by.ts';

const TABLE = {
  count: integer({ least: 1, most: 9 }),
  waitMs: timeout,
  delayMs: amount,
  mode: oneOf('full', 'lazy', true),
  isLoud: aBoolean,
  answer: aFunction,
  faults: anArray,
};
const CALL = { name: 'work()', example: '{ count: 1 }' };

function errorOf(options: unknown): string {
  return String(thrownBy(() => checkOptionsOf(CALL, options, TABLE)));
}

test.each([
  {},
  { count: 9, waitMs: 0.5, delayMs: 0, mode: 'lazy', isLoud: false, answer: String, faults: [] },
  { count: undefined, faults: undefined },
  Object.create({ count: 1 }) as object,
])('%j is right', (options) => {
  expect(() => {
    checkOptionsOf(CALL, options, TABLE);
  }).not.toThrow();
});

test.each([
  [5, 'TypeError: work() takes an object such as { count: 1 }, not 5'],
  ['five', 'TypeError: work() takes an object such as { count: 1 }, not "five"'],
  [null, 'TypeError: work() takes an object such as { count: 1 }, not null'],
  [String, 'TypeError: work() takes an object such as { count: 1 }, not a function'],
  [new Map(), 'TypeError: work() takes an object such as { count: 1 }, not a Map'],
  [
    new AbortController(),
    'TypeError: work() takes an object such as { count: 1 }, not an AbortController; pass its signal, as { signal }',
  ],
  [
    new AbortController().signal,
    'TypeError: work() takes an object such as { count: 1 }, not an AbortSignal; pass its signal, as { signal }',
  ],
  [{ cuont: 1 }, 'TypeError: work() has no option "cuont"; did you mean count?'],
  [{ COUNT: 1 }, 'TypeError: work() has no option "COUNT"; did you mean count?'],
  [{ wait: 1 }, 'TypeError: work() has no option "wait"; did you mean waitMs?'],
  [
    { elephant: undefined },
    'TypeError: work() has no option "elephant"; it has count, waitMs, delayMs, mode, isLoud, answer, faults',
  ],
  [Object.create({ coun: 1 }), 'TypeError: work() has no option "coun"; did you mean count?'],
  [{ count: '1' }, 'TypeError: count must be a number, not "1"'],
  [{ count: 10 }, 'RangeError: count must be an integer from 1 to 9, not 10'],
  [{ waitMs: [1] }, 'TypeError: waitMs must be a number of milliseconds, not an array'],
  [{ delayMs: -1 }, 'RangeError: delayMs must be a number from 0 on, not -1'],
  [{ delayMs: NaN }, 'RangeError: delayMs must be a number from 0 on, not NaN'],
  [{ delayMs: '1' }, 'TypeError: delayMs must be a number, not "1"'],
  [{ mode: false }, 'TypeError: mode must be full, lazy or true, not false'],
  [{ isLoud: 1 }, 'TypeError: isLoud must be true or false, not 1'],
  [{ answer: {} }, 'TypeError: answer must be a function, not an object'],
  [{ faults: {} }, 'TypeError: faults must be an array, not an object'],
])('%j is refused: %s', (options, message) => {
  expect(errorOf(options)).toBe(message);
});

test.each([new Date(), new Error('no'), /no/, Promise.resolve(), new Uint8Array()])(
  '%s is no object with options',
  (value) => {
    const text = 'TypeError: work() takes an object such as { count: 1 }, not';
    expect(errorOf(value)).toBe(`${text} ${kindOf(value)}`);
  },
);

test.each([
  [undefined, 'undefined'],
  [1n, '1n'],
  [Symbol('x'), 'a symbol'],
  ['x'.repeat(41), 'a long string'],
  [Object.create(null), 'an object'],
  [new Uint8Array(2), 'a Uint8Array'],
  [Buffer.from('secret'), 'a Buffer'],
  [new Error('secret'), 'an Error'],
  [Promise.resolve(), 'a Promise'],
])('value %# is described as %s', (value, text) => {
  expect(kindOf(value)).toBe(text);
});
