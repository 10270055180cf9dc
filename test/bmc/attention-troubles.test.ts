/** A BMC that refuses what its attention is served with, or says less than it should. */

import { expect, test } from 'vitest';

import { READS_MAX } from '../../src/bmc/event-reader.ts';
import { A_WHILE_MS, countOf, event, listening } from '../support/listening.ts';

const [SET_ENABLES, GET_ENABLES, GET_FLAGS, GET_MESSAGE, READ_EVENT] = [
  0x2e, 0x2f, 0x31, 0x33, 0x35,
];

const MINUTES_MS = 600_000;

/** More than one look every 30 s, and those until the pauses have grown so long. */
const RARELY = 30;

test.each([
  ['will not say its enables', GET_ENABLES, [0xc1]],
  ['answers with no enables', GET_ENABLES, [0x00]],
  ['will not change its enables', SET_ENABLES, [0xc1]],
  ['will not say its flags', GET_FLAGS, [0xc1]],
  ['answers with no flags', GET_FLAGS, [0x00]],
  ['will not say its flags, and sends some', GET_FLAGS, [0xc1, 0x08]],
])('a BMC that %s is asked ever more rarely', async (_, refused, answer) => {
  const { clock, port, bmc, device, listener } = await listening({
    answer: ({ cmd }) => (cmd === refused ? answer : undefined),
  });
  device.on('event', listener);
  bmc.raiseFlags(0x08);

  await clock.pass(MINUTES_MS);

  expect(countOf(port, refused)).toBeGreaterThan(5);
  expect(countOf(port, refused)).toBeLessThan(RARELY);
});

test.each([0xc0, 0xd5])(
  'a BMC that answers reads with %i is asked ever more rarely',
  async (code) => {
    const { clock, port, bmc, device, told, listener } = await listening({
      answer: ({ cmd }) => (cmd === READ_EVENT ? [code] : undefined),
    });
    bmc.addMessage([0x07, 0xaa]);
    device.on('event', listener);
    await clock.pass(A_WHILE_MS);
    bmc.addEvent(event(1));

    await clock.pass(MINUTES_MS);

    expect(told).toHaveLength(1);
    expect(countOf(port, GET_FLAGS)).toBeGreaterThan(5);
    expect(countOf(port, GET_FLAGS)).toBeLessThan(RARELY);
  },
);

test('a message without a channel is none, and the end of them', async () => {
  const { clock, port, bmc, device, told, listener } = await listening({
    answer: ({ cmd }) => (cmd === GET_MESSAGE ? [0x00] : undefined),
  });
  bmc.addMessage([0x07, 0xaa]);
  device.on('event', listener);
  await clock.pass(2000);

  expect(told).toEqual([]);
  expect(device.statistics()).toMatchObject({ incomingMessages: 0, flagFetches: 1 });
  expect(countOf(port, GET_MESSAGE)).toBe(1);
});

test('an event of other than 16 bytes is none, and the end of them', async () => {
  const { clock, port, bmc, device, told, listener } = await listening({
    answer: ({ cmd }) => (cmd === READ_EVENT ? [0x00, 1, 2, 3] : undefined),
  });
  device.on('event', listener);
  await clock.pass(A_WHILE_MS);
  bmc.addEvent(event(1));
  await clock.pass(2000);

  expect(told).toEqual([]);
  expect(device.statistics()).toMatchObject({ events: 0, flagFetches: 2 });
  expect(countOf(port, READ_EVENT)).toBe(1);
});

test('an event whose answer is missing is counted once, and the next one is told', async () => {
  const withheld = { is: true };
  const { clock, bmc, device, told, listener } = await listening({
    respond: ({ cmd }, honest) => {
      if (cmd !== READ_EVENT || !withheld.is) return [honest];
      withheld.is = false;
      const frame = honest.frame.slice(0, 5);
      frame.set([4], 0);
      frame.set([0xce], 4);
      return [{ ...honest, frame }];
    },
  });
  device.on('event', listener);
  await clock.pass(A_WHILE_MS);
  bmc.addEvent(event(1));
  await clock.pass(60_000);
  bmc.addEvent(event(2));
  await clock.pass(60_000);

  expect(told).toMatchObject([{ record: { sensorNumber: 2 } }]);
  expect(device.statistics()).toMatchObject({ events: 1, eventsMissed: 1 });
});

test('a second listener, and one that leaves while another stays, ask the BMC for nothing', async () => {
  const { clock, port, device, listener } = await listening();
  const other = (): void => undefined;
  device.on('event', listener);
  await clock.pass(A_WHILE_MS);
  const asked = port.bmc.executed.length;

  device.on('event', other);
  await clock.pass(A_WHILE_MS);
  device.off('event', other);
  await clock.pass(A_WHILE_MS);

  expect(port.bmc.executed).toHaveLength(asked);
});

test('who listens again is told what came meanwhile, at once', async () => {
  const { clock, bmc, device, told, listener } = await listening();
  device.on('event', listener);
  await clock.pass(A_WHILE_MS);
  device.off('event', listener);
  await clock.pass(A_WHILE_MS);
  bmc.addMessage([0x01, 0xaa]);
  device.on('event', listener);

  await clock.pass(50);

  expect(told).toEqual([{ kind: 'message', channel: 1, data: Uint8Array.of(0xaa) }]);
});

test('a listener that leaves in the middle of many events is told no more, and loses none', async () => {
  const { clock, port, bmc, device, told, listener } = await listening({ responseMs: 20 });
  const all = Array.from({ length: READS_MAX }, (_, number) => number);
  device.on('event', listener);
  await clock.pass(A_WHILE_MS);
  for (const number of all) bmc.addMessage([number, 0xaa]);
  while (told.length < 3) await clock.pass(1);

  device.off('event', listener);
  await clock.pass(A_WHILE_MS);

  expect(countOf(port, GET_MESSAGE)).toBe(told.length);
  device.on('event', listener);
  await clock.pass(2000);
  expect(told.map((one) => one.kind === 'message' && one.channel)).toEqual(all);
});
