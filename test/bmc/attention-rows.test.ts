/** How much is read in a row, what the flags alone say, and what a read that fails has cost. */

import { expect, test } from 'vitest';

import { READS_MAX } from '../../src/bmc/event-reader.ts';
import { A_WHILE_MS, event, listening } from '../support/listening.ts';
import { nonEmpty, offenders } from '../support/lists.ts';

const CTRL = 0xce4;
const B_BUSY = 0x80;

const [GET_FLAGS, READ_EVENT] = [0x31, 0x35];

test('the flags of the OEM are told without a watchdog, and the other way round', async () => {
  const { clock, bmc, device, told, listener } = await listening();
  device.on('event', listener);
  await clock.pass(A_WHILE_MS);
  bmc.raiseFlags(0x40);
  await clock.pass(A_WHILE_MS);
  bmc.raiseFlags(0x08);
  await clock.pass(A_WHILE_MS);

  expect(told).toEqual([{ kind: 'oem', flags: 0x40 }, { kind: 'watchdogPretimeout' }]);
  expect(device.statistics().watchdogPretimeouts).toBe(1);
});

test('of events without end, as many are read in a row as may be, and not one more', async () => {
  const { clock, port, device, listener } = await listening({
    faults: [{ kind: 'endlessEvents', fromMs: 0, forMs: Infinity }],
  });
  device.on('event', listener);
  await clock.pass(2000);

  const asked = port.bmc.executed.map(({ cmd }) => cmd);
  const rows = asked.join(' ').split(String(GET_FLAGS)).slice(1, -1);
  expect(rows.length).toBeGreaterThan(3);
  for (const row of nonEmpty(rows))
    expect(row.split(String(READ_EVENT))).toHaveLength(READS_MAX + 1);
});

test('more messages than are read in a row are all told, soon', async () => {
  const { clock, bmc, device, told, listener } = await listening();
  for (let count = 0; count < 10 * READS_MAX; count += 1) bmc.addMessage([0x01, count]);
  device.on('event', listener);

  await clock.pass(5000);

  expect(told.map((one) => one.kind === 'message' && one.data[0])).toEqual(
    Array.from({ length: 10 * READS_MAX }, (_, count) => count),
  );
});

test('an event that could not be asked for is not missed', async () => {
  const state = { isBusy: false, isNext: false };
  const { clock, port, bmc, device, told, listener } = await listening({
    respond: ({ cmd }, honest) => {
      if (cmd === GET_FLAGS && state.isNext) state.isBusy = true;
      return [honest];
    },
  });
  const inb = port.inb.bind(port);
  port.inb = (at) => inb(at) | (at === CTRL && state.isBusy ? B_BUSY : 0);
  device.on('event', listener);
  await clock.pass(A_WHILE_MS);
  const [flagFetches, asked] = [device.statistics().flagFetches, bmc.executed.length];
  state.isNext = true;
  expect(bmc.addEvent(event(1))).toBe(true);
  while (device.statistics().flagFetches === flagFetches) await clock.pass(1);
  // Longer than anything is asked for.
  await clock.pass(40_000);
  expect(bmc.executed.length).toBe(asked + 1);

  Object.assign(state, { isBusy: false, isNext: false });
  await clock.pass(60_000);

  expect(told).toMatchObject([{ record: { sensorNumber: 1 } }]);
  expect(device.statistics()).toMatchObject({ events: 1, eventsMissed: 0 });
});

test('flags that are asked for without SMS_ATN clear nothing', async () => {
  const { clock, port, device, listener } = await listening();
  const written: number[] = [];
  const outb = port.outb.bind(port);
  port.outb = (at, value) => {
    if (at === CTRL) written.push(value);
    outb(at, value);
  };
  device.on('event', listener);
  await clock.pass(A_WHILE_MS);

  expect(device.statistics().flagFetches).toBe(1);
  expect(offenders(written, (value) => (value & 0x10) !== 0)).toEqual([]);
});
