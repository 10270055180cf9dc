/** Text of the commands in the language of manual pages. */

import { expect, test } from 'vitest';

import { filled, item, pageHead, paragraphs, roffText } from '../../../src/cli/pages/roff.ts';
import { offenders } from '../../support/lists.ts';

test('a hyphen is one that a reader can copy, and a backslash is itself', () => {
  expect(roffText('--base C:\\x')).toBe('\\-\\-base C:\\ex');
});

test.each([
  ['.TH', '\\&.TH'],
  ["'so /etc/passwd", "\\&'so /etc/passwd"],
])('no text becomes a request: %s', (text, source) => {
  expect(filled(text)).toEqual([source]);
  expect(paragraphs(text)).toEqual([source]);
  expect(item('x', text)).toEqual(['.TP', '.B "x"', source]);
});

test('a word that begins a broken line becomes no request', () => {
  const lines = filled(`${'word '.repeat(15)}.profile ${'word '.repeat(15)}`.trim());

  expect(lines).toEqual([
    'word '.repeat(15).trim(),
    `\\&.profile ${'word '.repeat(14)}`.trim(),
    'word',
  ]);
  expect(offenders(lines, ({ length }) => length > 80)).toEqual([]);
});

test('a quotation mark does not end an argument', () => {
  expect(item('sensor get "a"', 'b')[1]).toBe('.B "sensor get \\(dqa\\(dq"');
});

test('blank lines part paragraphs, and empty texts are none', () => {
  expect(paragraphs('one\ntwo\n\nthree', '', 'four')).toEqual([
    ...['one two', '.PP', 'three', '.PP', 'four'],
  ]);
});

test('the head of a page has its name, date and source', () => {
  const title = { name: 'ipmi-bt-raw', date: '2026-11-29', source: 'ipmi-bt 1.2.3' };

  expect(pageHead(title, 'send').slice(1)).toEqual([
    '.TH "IPMI\\-BT\\-RAW" 1 "2026-11-29" "ipmi\\-bt 1.2.3"',
    '.SH NAME',
    'ipmi\\-bt\\-raw \\- send',
  ]);
});
