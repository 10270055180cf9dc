/** Numbers and texts as reports write them. */

import { expect, test } from 'vitest';

import * as words from '../../../src/smoke/report/words.ts';
import { HOSTILE, INFO } from '../../support/smoke-run.ts';

test('one line has no controls, no half characters and no marks of direction', () => {
  expect(words.oneLine(HOSTILE)).toBe(
    'a b [31mc d e ]]> --> </failure> & " \' ` | \u{1F4A5} \ufffd # not ok 9 \\ %n',
  );
  expect(words.oneLine(' a\u202eb\u2066c\ufffed\n')).toBe('a b c\ufffdd');
});

test('lines of a text end at every kind of line end', () => {
  expect(words.linesOf('a\nb\r\nc\rd\u2028e\tf')).toEqual(['a', 'b', 'c', 'd', 'e f']);
});

test.each([
  [0, '0'],
  [1200, '1200'],
  [1e21, '1000000000000000000000'],
  [9.9512, '9.951'],
  [9.95, '9.95'],
  [0.000123456, '0.0001235'],
  [1e-12, '0'],
  [-2.5, '-2.5'],
  [1234.567, '1235'],
  [12.0001, '12'],
  [Infinity, 'Infinity'],
  [NaN, 'NaN'],
])('%f is written %s', (value, text) => {
  expect(words.decimal(value)).toBe(text);
});

test.each([
  [3, '1', '3'],
  [3, '', '3'],
  [1.5, 'ms', '1.5 ms'],
  [1.5, 'm\ns', '1.5 m s'],
])('%f of unit %j is %s', (value, unit, text) => {
  expect(words.quantity(value, unit)).toBe(text);
});

test.each([
  [{}, ''],
  [{ most: 50 }, 'at most 50'],
  [{ least: 1 }, 'at least 1'],
  [{ least: 1, most: 50 }, '1 to 50'],
  [{ least: 5, most: 5 }, 'must be 5'],
])('the bounds %j read %j', (bounds, text) => {
  expect(words.boundsText(bounds)).toBe(text);
});

test.each([
  [5, {}, true],
  [5, { least: 5, most: 5 }, true],
  [5, { least: 6 }, false],
  [5, { most: 4 }, false],
  [NaN, {}, false],
])('%f within %j: %s', (value, bounds, expected) => {
  expect(words.isWithin(value, bounds)).toBe(expected);
});

test.each([
  [0, '0.0 s'],
  [1249, '1.2 s'],
  [99_949, '99.9 s'],
  [99_950, '1 min 40 s'],
  [3_599_600, '1 h 0 min'],
  [8 * 3_600_000 + 120_000, '8 h 2 min'],
])('%i ms last %s', (ms, text) => {
  expect(words.durationText(ms)).toBe(text);
});

test.each([
  ['ipmi-bt smoke', 'ipmi-bt smoke --seed 42'],
  ['ipmi-bt smoke --seed 42', 'ipmi-bt smoke --seed 42'],
  ['ipmi-bt smoke --seed=42', 'ipmi-bt smoke --seed=42'],
  ['ipmi-bt smoke --only x--seed', 'ipmi-bt smoke --only x--seed --seed 42'],
  ['ipmi-bt smoke --save a --html=b --junit c --quick', 'ipmi-bt smoke --quick --seed 42'],
  [String.raw`ipmi-bt smoke --html 'it'\''s a' --quick`, 'ipmi-bt smoke --quick --seed 42'],
  [String.raw`ipmi-bt smoke '--html=it'\''s a' --quick`, 'ipmi-bt smoke --quick --seed 42'],
  ['ipmi-bt --record a smoke --quick', 'ipmi-bt smoke --quick --seed 42'],
  ['ipmi-bt smoke --record a --trace-payload=all', 'ipmi-bt smoke --seed 42'],
  ['ipmi-bt smoke --baseline a --strict', 'ipmi-bt smoke --baseline a --strict --seed 42'],
])('%j is repeated by %j', (commandLine, expected) => {
  expect(words.repeatCommand({ ...INFO, commandLine })).toBe(expected);
});

test('a cut text says that it was cut', () => {
  expect([words.cut('abcdef', 6), words.cut('abcdefg', 6)]).toEqual(['abcdef', 'abc...']);
});
