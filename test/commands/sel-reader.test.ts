/** Reading entries from BMCs that need a reservation, or send entries in parts only. */

import { expect, test } from 'vitest';

import { marked, marksOf, selBench, upTo } from '../support/sel-bench.ts';

test('a reservation is made only where the BMC wants one, and once', async () => {
  const { sel, commandsSent } = selBench(4, { readsNeedReservation: true });

  expect(await marksOf(sel.entries())).toEqual(upTo(4));

  expect(commandsSent()).toEqual([0x40, 0x43, 0x42, 0x43, 0x43, 0x43, 0x43]);
});

test('a reservation that an entry has cancelled is made again, and the entry is read as well', async () => {
  let isNew = true;
  const { sel } = selBench(
    3,
    { readsNeedReservation: true },
    {
      meanwhile: ({ cmd, data }, bmc) => {
        if (cmd !== 0x43 || data?.[2] !== 2 || !isNew) return;
        isNew = false;
        bmc.logEvent(marked(4), 0);
      },
    },
  );

  expect(await marksOf(sel.entries())).toEqual(upTo(4));
});

test('an entry whose reservation is lost each time is an error, and not the end', async () => {
  const { sel } = selBench(
    3,
    {},
    { answer: ({ cmd, data }) => (cmd === 0x43 && data?.[2] === 2 ? [0xc5] : undefined) },
  );

  expect(await marksOf(sel.entries())).toEqual([1, '0xc5', 3]);
});

test.each([0xc7, 0xc8, 0xca, 0xff])(
  'a BMC that answers 0x%x to more than 8 bytes is read in halves, and that is remembered',
  async (refuses) => {
    const { sel, commandsSent } = selBench(3, { readBytesMax: 8, refuses });

    expect(await marksOf(sel.entries())).toEqual(upTo(3));

    const first = [0x43, 0x43, 0x43, 0x42, 0x43];
    expect(commandsSent()).toEqual([0x40, ...first, 0x43, 0x43, 0x43, 0x43]);
  },
);

test('a BMC that sends whole entries whatever it is asked for is read', async () => {
  const { sel } = selBench(3, { ignoresCount: true, readBytesMax: 4 });

  expect(await marksOf(sel.entries())).toEqual(upTo(3));
});

test('an entry that no count gets leaves the others whole', async () => {
  const { sel, commandsSent } = selBench(3, { unreadable: { 2: 0xff } });

  expect(await marksOf(sel.entries())).toEqual([1, '0xff', 3]);

  expect(commandsSent()).toEqual([0x40, 0x43, ...[0x43, 0x43, 0x43, 0x43], 0x43]);
});

test.each([
  ['short', [0, 3, 0, 1, 2, 3]],
  ['long', [0, 3, 0, ...Array<number>(17).fill(1)]],
  ['missing', [0, 3, 0]],
  ['without the next number', [0, 3]],
])('an entry that is %s is an error, and not the end', async (_, reply) => {
  const { sel } = selBench(
    3,
    {},
    { answer: ({ cmd, data }) => (cmd === 0x43 && data?.[2] === 2 ? reply : undefined) },
  );

  expect(await marksOf(sel.entries())).toEqual([1, 'RESPONSE_MALFORMED', 3]);
});
