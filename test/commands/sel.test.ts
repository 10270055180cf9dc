/** Operations on the SEL: their transactions, and what they tell. */

import { expect, test } from 'vitest';

import { Sel } from '../../src/commands/sel.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { commandsRig } from '../support/commands-rig.ts';
import { directBmc } from '../support/direct-bmc.ts';
import { marked, markedEntries, marksOf, selBench, upTo } from '../support/sel-bench.ts';

test('the info takes one transaction, and two where the BMC tells its allocation', async () => {
  const plain = await commandsRig();
  const telling = selBench(3, { hasAllocation: true, capacity: 10 });

  const info = await plain.bmc.sel.info();

  expect(plain.count()).toBe(1);
  expect(info).toMatchObject({ version: 0x51, entries: 2, freeBytes: 8160, allocation: undefined });
  expect(info.lastAdd).toEqual({ kind: 'date', seconds: 1_534_889_690 });
  expect(info.support).toMatchObject({ canReserve: true, isOverflown: false });
  expect(await telling.sel.info()).toMatchObject({
    freeBytes: 112,
    allocation: { units: 10, unitBytes: 16, freeUnits: 7, largestFreeUnits: 7, recordUnitsMax: 1 },
  });
  expect(telling.commandsSent()).toEqual([0x40, 0x41]);
});

test('N entries take N + 1 transactions', async () => {
  const entries = markedEntries(100);
  const { bmc, count } = await commandsRig(new SimBmc({ sel: { entries } }));

  expect(await marksOf(bmc.sel.entries())).toEqual(upTo(100));

  expect(count()).toBe(101);
});

test('an empty SEL takes one transaction', async () => {
  const { sel, commandsSent } = selBench(0);

  expect(await marksOf(sel.entries())).toEqual([]);

  expect(commandsSent()).toEqual([0x40]);
});

test('entries are read from a number on, or all if it is gone', async () => {
  const { sel, commandsSent } = selBench(5);

  expect(await marksOf(sel.entries({ from: 4 }))).toEqual([4, 5]);
  expect(commandsSent()).toEqual([0x40, 0x43, 0x43]);
  expect(await marksOf(sel.entries({ from: 9 }))).toEqual([1, 2, 3, 4, 5]);
  expect(() => sel.entries({ from: -1 })).toThrow(RangeError);
});

test('an entry is told in words, with the name and the units that its sensor has', async () => {
  const { bmc } = await commandsRig();
  const names = { name: 'CPU 0 Temp', unit: 'degrees C', convert: (raw: number) => raw / 2 };
  const items = [];
  for await (const item of bmc.sel.entries({
    sensors: ({ owner, lun, number }) =>
      owner === 0x20 && lun === 0 && number === 0x30 ? names : undefined,
  })) {
    if (item.kind === 'entry') items.push(item.words);
  }

  expect(items.map(({ subject, event }) => `${subject}: ${event}`)).toEqual([
    'Event Logging Disabled (0x00): log cleared',
    'Temperature "CPU 0 Temp" (0x30): upper non-critical, going high, ' +
      'reading 43 degrees C, threshold 42.5 degrees C',
  ]);
});

test('a signal ends the reading', async () => {
  const { bmc } = await commandsRig();
  const ending = new AbortController();
  const items = bmc.sel.entries({ signal: ending.signal });
  await items.next();

  ending.abort();

  await expect(items.next()).rejects.toMatchObject({ code: 'REQUEST_ABORTED' });
});

test('clearing takes two transactions, and one for each look at an erasure that lasts', async () => {
  const quick = selBench(3);
  const slow = selBench(3, { eraseMs: 700 });

  await quick.sel.clear();
  await slow.clock.until(slow.sel.clear());

  expect(quick.commandsSent()).toEqual([0x42, 0x47]);
  expect(slow.commandsSent()).toEqual([0x42, 0x47, 0x47, 0x47, 0x47]);
  expect(slow.clock.now()).toBe(750);
  expect((await slow.sel.info()).entries).toBe(0);
});

test('an erasure that cancels the reservation is watched under a new one', async () => {
  let looks = 0;
  const answer = ({ cmd, data }: { cmd: number; data?: Uint8Array | undefined }) => {
    if (cmd !== 0x47 || data?.[5] !== 0) return undefined;
    looks += 1;
    return looks === 1 ? [0xc5] : undefined;
  };
  const { sel, clock, commandsSent } = selBench(3, { eraseMs: 300 }, { answer });

  await clock.until(sel.clear());

  expect(commandsSent()).toEqual([0x42, 0x47, 0x47, 0x42, 0x47]);
});

test('an erasure without end is given up after two minutes', async () => {
  const { sel, clock } = selBench(3, { eraseMs: 1e9 });

  await expect(clock.until(sel.clear())).rejects.toMatchObject({
    code: 'REQUEST_TIMEOUT',
    outcome: 'unknown',
    message: expect.stringContaining('still being erased after 120 s') as string,
  });
});

test('clearing goes on when entries come, and works without reservations', async () => {
  let arrivals = 3;
  const busy = selBench(
    3,
    {},
    {
      meanwhile: ({ cmd, data }, bmc) => {
        if (cmd !== 0x47 || data?.[5] !== 0xaa || arrivals === 0) return;
        arrivals -= 1;
        bmc.logEvent(marked(99), 0);
      },
    },
  );
  const simple = selBench(3, { reserves: false });

  await busy.sel.clear();
  await simple.sel.clear();

  expect(busy.commandsSent()).toEqual([0x42, 0x47, 0x42, 0x47, 0x42, 0x47, 0x42, 0x47]);
  expect((await simple.sel.info()).entries).toBe(0);
});

test('the clock is read and set, each in one transaction', async () => {
  const { sel, commandsSent } = selBench(0);

  expect(await sel.time()).toEqual({ kind: 'date', seconds: 1_534_889_690 });
  await sel.setTime(1_700_000_000);

  expect(await sel.time()).toEqual({ kind: 'date', seconds: 1_700_000_000 });
  expect(commandsSent()).toEqual([0x48, 0x49, 0x48]);
  await expect(sel.setTime(0x2000_0000)).rejects.toThrow(RangeError);
});

test('the difference to UTC is read and set, and a BMC need not have it', async () => {
  const has = selBench(0, { utcOffsetMinutes: -300 });
  const lacks = selBench(0, { utcOffsetMinutes: null });
  const { caller } = directBmc({ answer: () => [0xd5] });

  expect(await has.sel.utcOffset()).toBe(-300);
  await has.sel.setUtcOffset(120);
  expect(await has.sel.utcOffset()).toBe(120);
  await has.sel.setUtcOffset(undefined);
  expect(await has.sel.utcOffset()).toBeUndefined();
  expect(has.commandsSent()).toEqual([0x5c, 0x5d, 0x5c, 0x5d, 0x5c]);
  expect(await lacks.sel.utcOffset()).toBeUndefined();
  await expect(has.sel.setUtcOffset(1441)).rejects.toThrow(RangeError);
  await expect(new Sel(caller).utcOffset()).rejects.toMatchObject({ completionCode: 0xd5 });
});

test('an entry is added in one transaction, and overflow is told', async () => {
  const { sel, commandsSent } = selBench(1, { capacity: 2 });

  expect(await sel.add(Uint8Array.from(marked(7)))).toBe(2);

  expect(commandsSent()).toEqual([0x44]);
  await expect(sel.add(Uint8Array.from(marked(8)))).rejects.toMatchObject({ completionCode: 0xc4 });
  expect(await marksOf(sel.entries())).toEqual([1, 7]);
});
