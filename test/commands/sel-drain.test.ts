/** Draining a SEL: no entry is lost, whatever comes meanwhile. */

import { expect, test } from 'vitest';

import type { SelDrained } from '../../src/commands/sel-drain.ts';
import type { SelItem } from '../../src/commands/sel-walk.ts';
import type { RequestInput } from '../../src/ipmi/requester.ts';
import type { CommandProcessor } from '../../src/sim/commands.ts';
import { markOf, marked, marksOf, selBench, upTo } from '../support/sel-bench.ts';

const isClear = ({ cmd, data }: RequestInput) => cmd === 0x47 && data?.[5] === 0xaa;

/** Takes all of a drain. */
async function taken(items: AsyncGenerator<SelItem, SelDrained>) {
  const marks = [];
  for (;;) {
    const step = await items.next();
    if (step.done === true) return { marks, drained: step.value };
    marks.push(markOf(step.value));
  }
}

/** Logs an entry before each request of a kind, `most` times. */
function arriving(most: number, when: (input: RequestInput) => boolean) {
  let came = 0;
  const meanwhile = (input: RequestInput, bmc: CommandProcessor) => {
    if (!when(input) || came >= most) return;
    came += 1;
    bmc.logEvent(marked(1000 + came), 0);
  };
  return { meanwhile };
}

test('N entries take N + 4 transactions, the reservation first and the clearing last', async () => {
  const { sel, commandsSent } = selBench(3);

  expect(await taken(sel.drain())).toEqual({
    marks: upTo(3),
    drained: { entries: 3, attempts: 1 },
  });

  expect(commandsSent()).toEqual([0x42, 0x40, 0x43, 0x43, 0x43, 0x40, 0x47]);
  expect((await sel.info()).entries).toBe(0);
});

test('an empty SEL is not cleared', async () => {
  const { sel, commandsSent } = selBench(0);

  expect(await taken(sel.drain())).toEqual({ marks: [], drained: { entries: 0, attempts: 0 } });

  expect(commandsSent()).toEqual([0x42, 0x40]);
});

test.each([
  ['while the entries are read', ({ cmd, data }: RequestInput) => cmd === 0x43 && data?.[2] === 2],
  ['just before the clearing', isClear],
])('entries that come %s are given, and then all are cleared', async (_, when) => {
  const { sel } = selBench(3, {}, arriving(2, when));

  const { marks, drained } = await taken(sel.drain());

  expect(marks).toEqual([1, 2, 3, 1001, ...(drained.entries === 5 ? [1002] : [])]);
  expect(drained.entries).toBe(marks.length);
  expect((await sel.info()).entries).toBe(0);
});

test('only what is new is read again', async () => {
  const { sel, commandsSent } = selBench(50, {}, arriving(1, isClear));

  await taken(sel.drain());

  const reads = commandsSent().filter((cmd) => cmd === 0x43);
  // The last entry twice: for its bytes, and for the number behind it.
  expect(reads).toHaveLength(50 + 2 + 1);
});

test('a BMC that forgets to cancel the reservation loses nothing either', async () => {
  const onInfo = ({ cmd }: RequestInput) => cmd === 0x40;
  let infos = 0;
  const when = (input: RequestInput) => onInfo(input) && (infos += 1) === 2;
  const { sel } = selBench(3, { keepsReservation: true }, arriving(1, when));

  const { marks, drained } = await taken(sel.drain());

  expect(marks).toEqual([1, 2, 3, 1001]);
  expect(drained).toEqual({ entries: 4, attempts: 2 });
});

test('an entry that takes the place of another in a full SEL is not lost', async () => {
  let infos = 0;
  const meanwhile = ({ cmd }: RequestInput, { parts: { sel } }: CommandProcessor) => {
    if (cmd !== 0x40 || (infos += 1) !== 2) return;
    // This BMC drops its oldest entry for a new one, and keeps the reservation.
    sel.entries.shift();
    sel.log(marked(1001), 5000);
  };
  const { sel } = selBench(3, { keepsReservation: true }, { meanwhile });

  const { marks, drained } = await taken(sel.drain());

  expect(marks).toEqual([1, 2, 3, 1001]);
  expect(drained).toEqual({ entries: 4, attempts: 2 });
});

test('entries that come each time are an error after 16 attempts, with nothing erased', async () => {
  const { sel } = selBench(3, {}, arriving(1000, isClear));

  await expect(marksOf(sel.drain())).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
    completionCode: 0xc5,
    message: expect.stringContaining('not cleared: entries came during each of 16') as string,
  });

  expect((await sel.info()).entries).toBe(3 + 16);
});

test('an entry that cannot be read is given as its error, and nothing is erased', async () => {
  const { sel, commandsSent } = selBench(3, { unreadable: { 2: 0xce } });
  const marks: (number | string)[] = [];
  const taking = async () => {
    for await (const item of sel.drain()) marks.push(markOf(item));
  };

  await expect(taking()).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
    completionCode: 0xce,
    message: expect.stringContaining('the SEL is not cleared') as string,
  });

  expect(marks).toEqual([1, '0xce', 3]);
  expect(commandsSent()).not.toContain(0x47);
});

test('one who stops early clears nothing', async () => {
  const { sel, commandsSent } = selBench(3);
  const marks = [];
  for await (const item of sel.drain()) {
    marks.push(markOf(item));
    if (marks.length === 3) break;
  }

  expect(marks).toEqual(upTo(3));
  expect(commandsSent()).not.toContain(0x47);
});

test('what must be done before the clearing is done before, or nothing is erased', async () => {
  const { sel, commandsSent } = selBench(2);
  const sent: (readonly number[])[] = [];
  const failing = sel.drain({ beforeClear: () => Promise.reject(new Error('the disk is full')) });

  await expect(marksOf(failing)).rejects.toThrow('the disk is full');
  expect(commandsSent()).not.toContain(0x47);

  await marksOf(sel.drain({ beforeClear: () => void sent.push(commandsSent()) }));
  expect(sent).toEqual([[0x42, 0x40, 0x43, 0x43]]);
  expect(commandsSent()).toEqual([0x40, 0x47]);
});

test('a BMC without reservations is not drained', async () => {
  const { sel, commandsSent } = selBench(2, { reserves: false });

  await expect(marksOf(sel.drain())).rejects.toMatchObject({ completionCode: 0xc1 });

  expect(commandsSent()).toEqual([0x42]);
});

test('it ends when the erasure has ended', async () => {
  const { sel, clock, commandsSent } = selBench(1, { eraseMs: 400 });

  await clock.until(marksOf(sel.drain()));

  expect(commandsSent()).toEqual([0x42, 0x40, 0x43, 0x40, 0x47, 0x47, 0x47]);
  expect(clock.now()).toBe(500);
});
