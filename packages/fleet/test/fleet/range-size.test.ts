/** The bound of a range, beside Debian's clustershell: never less than what it expands. */

import { execFileSync } from 'node:child_process';

import { expect, test } from 'vitest';

import { hasRangesAlone, namesAtMost } from '../../src/fleet/range-size.ts';

test.each([
  ['uv[001-400]', 400],
  ['uv[1-9/2,12]', 6],
  ['r[1-3]n[01-04,7]', 15],
  ['a[1-3],b,c[5]', 5],
  ['a[7]', 1],
  ['[1-3]a', 3],
  ['a[1-3]-ib[0-1].site', 6],
  ['a[1-20/5]', 4],
  ['a[0-0]', 1],
])('%s has %d names', (text, count) => {
  const theirs = execFileSync('nodeset', ['-c', text], { encoding: 'utf8' });

  expect([namesAtMost(text), Number(theirs)]).toEqual([count, count]);
});

test.each([
  ['a[1-9]!a[1-3]', 6],
  ['a[1-9]&a[8-12]', 2],
  ['a[1-3]^a[3-4]', 3],
])('%s, an operation on sets, has no more than its parts: %d', (text, count) => {
  const theirs = execFileSync('nodeset', ['-c', text], { encoding: 'utf8' });

  expect(Number(theirs)).toBe(count);
  expect(namesAtMost(text)).toBeGreaterThanOrEqual(count);
});

test.each([
  ['a[1-99999999', 99_999_999],
  ['a[1-99999999/0]', 99_999_999],
  ['a[9-1]', 1],
  ['a[x]', 1],
  ['a[0-99999999999999999999]', 1e20],
])('%s, which is wrong or too much, is bounded all the same', (text, count) => {
  expect(namesAtMost(text)).toBe(count);
});

test.each([
  ['a', true],
  ['r[1-3]n[01-04, 7]&a[1-9/2]', true],
  ['a[1-9', true],
  ['a[1-8_000_000]', false],
  ['a[+1-+300000]', false],
  ['a[1-٩٩]', false],
  ['r[1-3]n[1-3_0]', false],
  ['a[1[2_0]]', false],
])('that %s has ranges of ASCII digits alone is %s', (text, expected) => {
  expect(hasRangesAlone(text)).toBe(expected);
});
