/** Names that could move the cursor, look like another line, or not be seen. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { reasonOf, shownName, shownText, snakeCase } from '../src/shown.ts';
import { thrownBy } from './support/thrown-by.ts';

test.each([
  ['a/b c.jsonl', 'a/b c.jsonl'],
  ['r\u00e9sum\u00e9', 'r\u00e9sum\u00e9'],
  ['', '""'],
  [' a', '" a"'],
  ['a\nipmi-bt: b', '"a\\nipmi-bt: b"'],
  ['\u001b[2J"', '"\\u001b[2J\\""'],
  ['a\u202etxt', '"a\\u202etxt"'],
  ['a\u009b1m', '"a\\u009b1m"'],
])('the name %j is shown as %s', (name, shown) => {
  expect(shownName(name)).toBe(shown);
});

test('a name of this code is written as JSON has it', () => {
  expect(['seq', 'waitedMaxMs', 'isBusy'].map(snakeCase)).toEqual([
    'seq',
    'waited_max_ms',
    'is_busy',
  ]);
});

test('a name that is longer than any is cut', () => {
  expect(shownName('x'.repeat(10_000))).toHaveLength(4096);
});

test('a text keeps its lines, and nothing else that a terminal obeys', () => {
  expect(shownText('a\n\tb\u001b]0;x\u0007\r')).toBe('a\n\tb\\u001b]0;x\\u0007\\r');
});

test('the reason of a failed call has no path', () => {
  const error = thrownBy(() => readFileSync('/nowhere/\u001b[2J'));

  expect(reasonOf(error)).toBe('ENOENT: no such file or directory');
  expect(reasonOf(new Error('a\u0007'))).toBe('a\\u0007');
  expect(reasonOf('a\nb')).toBe('"a\\nb"');
});
