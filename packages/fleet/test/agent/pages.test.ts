/** Answers in pages. */

import { VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, test } from 'vitest';

import { Pages } from '../../src/agent/pages.ts';
import { sleep } from '../../src/clock.ts';

const ITEMS = ['aaaa', 'bbbb', 'cccc', 'dddd', 'eeee'];

test('the pages together are the answer, and each is short enough', () => {
  const pages = new Pages(new VirtualClock(), 15);
  const first = pages.first('alice', ITEMS);
  const second = pages.at('alice', first.next ?? '');
  const third = pages.at('alice', second.next ?? '');

  expect([first.result, second.result, third]).toEqual([
    ['aaaa', 'bbbb'],
    ['cccc', 'dddd'],
    { result: ['eeee'] },
  ]);
  expect(new Pages(new VirtualClock(), 99).first('alice', ITEMS)).toEqual({ result: ITEMS });
});

test('a page is for the user that asked, and for a minute', async () => {
  const clock = new VirtualClock();
  const pages = new Pages(clock, 15);
  const { next = '' } = pages.first('alice', ITEMS);
  const gone = 'this page is not kept any more';

  expect(() => pages.at('bob', next)).toThrow(gone);
  expect(() => pages.at('alice', '77.1')).toThrow(gone);
  await clock.until(sleep(clock, 61_000, new AbortController().signal));
  expect(() => pages.at('alice', next)).toThrow(gone);
});

test.each(['1.', '1.x', '1.-1', '1.1e0', '1.0x1', '1', '1.2.3'])('no page is called %s', (name) => {
  const pages = new Pages(new VirtualClock(), 15);
  pages.first('alice', ITEMS);

  expect(() => pages.at('alice', name)).toThrow('this page is not kept any more');
});

test('the lists that a user asks for take nothing from those of others', () => {
  const pages = new Pages(new VirtualClock(), 15);
  const { next = '' } = pages.first('alice', ITEMS);
  const names = Array.from({ length: 50 }, () => pages.first('bob', ITEMS).next ?? '');

  expect(pages.at('alice', next).result).toEqual(['cccc', 'dddd']);
  expect(pages.at('bob', names.at(-4) ?? '').result).toEqual(['cccc', 'dddd']);
  expect(() => pages.at('bob', names.at(-5) ?? '')).toThrow('this page is not kept any more');
});

test('an item that fits into no message is told', () => {
  const pages = new Pages(new VirtualClock(), 3);

  expect(() => pages.first('alice', ITEMS)).toThrow(
    expect.objectContaining({ code: 'ANSWER_TOO_LONG', outcome: 'answered' }),
  );
});
