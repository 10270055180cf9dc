/** Escaping: what is put into a template is text, whatever it holds. */

import { describe, expect, test } from 'vitest';

import { markup, trusted, visible, when } from '../../../src/smoke/report/markup.ts';

describe('a template', () => {
  test.each([
    ['<b>', '&lt;b&gt;'],
    ['</script><script>alert(1)</script>', '&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;'],
    [`" onclick='x' & y`, '&quot; onclick=&#39;x&#39; &amp; y'],
    ['a\0b\x1b[31m\x7f', 'a\u2400b\u241b[31m\u2421'],
    ['two\nlines\tand a tab', 'two\nlines\tand a tab'],
    ['one\r\ntwo\rthree', 'one\ntwo\u240dthree'],
    ['\x85\u202ereversed\u2069\u200f', '\ufffd\ufffdreversed\ufffd\ufffd'],
    ['half \ud800 pair \uffff', 'half \ufffd pair \ufffd'],
    ['whole \u{1f600} pair, caf\u00e9', 'whole \u{1f600} pair, caf\u00e9'],
  ])('escapes %j', (text, html) => {
    expect(markup`<p title="${text}">${text}</p>`.html).toBe(`<p title="${html}">${html}</p>`);
  });

  test('takes pieces, lists of them, and numbers as they are', () => {
    const items = ['a', '<'].map((text) => markup`<li>${text}</li>`);

    expect(markup`<ul>${items}</ul>${trusted('<hr>')}${1.5}`.html).toBe(
      '<ul><li>a</li><li>&lt;</li></ul><hr>1.5',
    );
  });

  test('is nothing when its condition is false', () => {
    expect(when(false, () => markup`<p>x</p>`).html).toBe('');
    expect(when(true, () => markup`<p>x</p>`).html).toBe('<p>x</p>');
  });
});

test('controls are shown by their pictures', () => {
  expect(visible('\x01\x1f')).toBe('\u2401\u241f');
});
