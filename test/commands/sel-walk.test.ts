/** Going through a SEL that leads in a circle, or changes underneath. */

import { expect, test } from 'vitest';

import { SelReader } from '../../src/commands/sel-reader.ts';
import { SelWalk } from '../../src/commands/sel-walk.ts';
import { marked, marksOf, selBench, upTo } from '../support/sel-bench.ts';

test.each([
  ['itself', { 3: 3 }],
  ['the first one', { 3: 1 }],
  ['an earlier one', { 4: 2 }],
  ['0, as on overflow', { 2: 0, 3: 0 }],
  ['the same one again and again', { 2: 1, 3: 1, 4: 1, 5: 1 }],
])('an entry that names %s as the next one loses no entry', async (_, nextIds) => {
  const { sel } = selBench(5, { nextIds });

  expect(await marksOf(sel.entries())).toEqual(upTo(5));
});

test('a last entry that names itself is the end', async () => {
  const { sel, commandsSent } = selBench(2, { nextIds: { 2: 2 } });

  expect(await marksOf(sel.entries())).toEqual([1, 2]);

  expect(commandsSent()).toEqual([0x40, 0x43, 0x43]);
});

test('a circle without a way out is an error with both numbers, in a bounded time', async () => {
  const info = [0x51, 100, 0, 0, 0, 0, 0, 0, 0x60, 0, 0, 0, 0x60, 2];
  const { sel, commandsSent } = selBench(
    2,
    { nextIds: { 2: 1 } },
    { answer: ({ cmd }) => (cmd === 0x40 ? [0, ...info] : undefined) },
  );
  const items = [];
  for await (const item of sel.entries()) items.push(item);

  expect(items).toHaveLength(3);
  expect(items[2]).toMatchObject({
    kind: 'error',
    id: 2,
    error: { message: expect.stringContaining('0x2 of the SEL names 0x1 as the next') as string },
  });
  expect(commandsSent()).toHaveLength(3 + 16);
});

test('an entry that the BMC refuses is an error, and the next number is tried', async () => {
  const { sel } = selBench(4, { unreadable: { 1: 0xce, 3: 0xce } });

  expect(await marksOf(sel.entries())).toEqual(['0xce', 2, '0xce', 4]);
});

test('an entry that vanishes makes the reading begin again, and gives nothing twice', async () => {
  let isCleared = false;
  const { sel } = selBench(
    4,
    {},
    {
      meanwhile: ({ cmd, data }, bmc) => {
        if (cmd !== 0x43 || data?.[2] !== 3 || isCleared) return;
        isCleared = true;
        const run = (number: number, request: readonly number[]) =>
          bmc.execute({
            ...{ netFn: 0x0a, lun: 0, seq: 1, cmd: number, atMs: 0 },
            data: Uint8Array.from(request),
          });
        const [, low = 0, high = 0] = run(0x42, []);
        run(0x47, [low, high, 0x43, 0x4c, 0x52, 0xaa]);
        bmc.logEvent(marked(1), 0);
        bmc.logEvent(marked(20), 0);
      },
    },
  );

  expect(await marksOf(sel.entries())).toEqual([1, 2, 20]);
});

test('a SEL that changes without end is an error', async () => {
  const { sel } = selBench(
    4,
    {},
    { answer: ({ cmd, data }) => (cmd === 0x43 && data?.[2] === 3 ? [0xcb] : undefined) },
  );

  const marks = await marksOf(sel.entries());

  expect(marks).toEqual([1, 2, 'RESPONSE_MALFORMED']);
});

test('what is new is read from the last entry on', async () => {
  const { bmc, caller, commandsSent } = selBench(3);
  const walk = new SelWalk(new SelReader(caller, {}), undefined);
  expect(await marksOf(walk.items(0, 3))).toEqual(upTo(3));
  commandsSent();
  bmc.logEvent(marked(4), 0);

  expect(await marksOf(walk.news(4))).toEqual([4]);

  expect(commandsSent()).toEqual([0x43, 0x43, 0x43]);
  expect([walk.given, walk.present]).toEqual([4, 4]);
});
