/**
 * The checks of `support/strict.ts` and `support/lists.ts`, which make tests fail that could not.
 */

import { describe, expect, test } from 'vitest';

import { greatest, least, nonEmpty, offenders } from '../support/lists.ts';
import { thrownBy } from '../support/thrown-by.ts';

/** The calls that may be rejected, as they come from code that throws or rejects with no error. */
const NO_ERRORS: readonly unknown[] = [undefined, null, 'text', { message: 'text' }];

describe('a value that is no error satisfies no toThrow:', () => {
  test.each(NO_ERRORS.map((value) => [value]))('%j', async (value) => {
    const call = (): never => {
      throw value;
    };
    const says = `thrown is no Error: ${String(value)}`;

    for (const expected of [undefined, /text/, 'text']) {
      const outcome = thrownBy(() => {
        expect(call).toThrow(expected);
      });
      expect(String(outcome)).toContain(says);
      const rejection = expect(Promise.reject(value as Error)).rejects.toThrow(expected);
      expect(String(await rejection.catch((error: unknown) => error))).toContain(says);
    }
  });

  test('an error does, with its text, its class and without', async () => {
    const error = new TypeError('text');
    const call = (): never => {
      throw error;
    };

    for (const expected of [undefined, /^text$/, 'ext', TypeError]) {
      expect(call).toThrow(expected);
      await expect(Promise.reject(error)).rejects.toThrow(expected);
    }
    expect(thrownBy(() => expect(call).toThrow('other'))).toBeInstanceOf(Error);
    expect(thrownBy(() => expect(() => 1).toThrow())).toBeInstanceOf(Error);
    expect(() => 1).not.toThrow();
  });
});

test('a table without cases is refused', () => {
  expect(() => test.each([])('%s', () => undefined)).toThrow('is empty');
  expect(() => {
    describe.each([])('%s', () => undefined);
  }).toThrow('is empty');
});

test('of an empty list there is nothing to conclude', () => {
  expect(() => nonEmpty([])).toThrow('is empty');
  expect(() => offenders([], () => true)).toThrow('is empty');
  expect(() => greatest([])).toThrow('is empty');
  expect(() => least([])).toThrow('is empty');
});

test('of any other there is', () => {
  expect(nonEmpty([1])).toEqual([1]);
  expect(offenders([1, 2, 3], (one) => one > 1)).toEqual([2, 3]);
  expect([greatest([1, 3, 2]), least([3, 1, 2])]).toEqual([3, 1]);
});
