/** Paragraphs and tables of a report. */

import { expect, test } from 'vitest';

import { COLUMNS_MAX, columns, labelled, wrapped } from '../../../src/smoke/report/layout.ts';
import { greatest } from '../../support/lists.ts';

test('a paragraph is broken at spaces', () => {
  const lines = wrapped('word '.repeat(60), '  ');

  expect(lines).toHaveLength(4);
  expect(greatest(lines.map((line) => line.length))).toBeLessThanOrEqual(COLUMNS_MAX);
  expect(lines.join(' ').replaceAll(/ +/g, ' ').trim()).toBe('word '.repeat(60).trim());
});

test('a line is filled to the last column', () => {
  expect(wrapped(`${'a'.repeat(90)} ${'b'.repeat(9)} c`, '')).toEqual([
    `${'a'.repeat(90)} ${'b'.repeat(9)}`,
    'c',
  ]);
});

test('a word longer than a line stays whole', () => {
  expect(wrapped(`a ${'b'.repeat(120)} c`, ' ')).toEqual([' a', ` ${'b'.repeat(120)}`, ' c']);
});

test('no text is no line', () => {
  expect([...wrapped('', '  '), ...labelled('', '', ' ')]).toEqual([]);
});

test('the lines behind a label are indented more', () => {
  expect(labelled('bt-slow: ', `${'a'.repeat(90)} b`, ' ')).toEqual([
    ' bt-slow:',
    `   ${'a'.repeat(90)} b`,
  ]);
});

test('a column is as wide as its widest cell, and nothing trails', () => {
  expect(
    columns(
      [
        ['', 'type', 'port'],
        ['SMBIOS', 'BT', ''],
      ],
      ' ',
    ),
  ).toEqual(['         type  port', ' SMBIOS  BT']);
});

test('a table without rows is no line', () => {
  expect(columns([], ' ')).toEqual([]);
});
