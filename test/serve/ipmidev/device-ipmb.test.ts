/** Messages to controllers on an IPMB, through a simulated BMC and our own driver. */

import { expect, onTestFinished, test } from 'vitest';

import { open as openDevice } from '../../../src/index.ts';
import type { Bridger } from '../../../src/ipmi/requester.ts';
import { SimBmc } from '../../../src/sim/bmc.ts';
import type { Satellite, SatelliteRequest } from '../../../src/sim/bmc.ts';
import { VirtualClock } from '../../../src/sim/virtual-clock.ts';
import { FakeClients } from '../../support/fake-clients.ts';
import { ipmbAddress, u32 } from '../../support/ipmi-caller.ts';
import type { Sent } from '../../support/ipmi-caller.ts';
import { ipmiBench } from '../../support/open-ipmi-file.ts';
import type { Program } from '../../support/open-ipmi-file.ts';

const GET_DEVICE_ID = { netFn: 6, cmd: 1 };
const CHANGE = { netFn: 0x30, cmd: 1 };

async function rig(answer: Satellite['answer']) {
  const clock = new VirtualClock();
  const asked: SatelliteRequest[] = [];
  const satellite: Satellite = {
    address: 0x82,
    answer: (request) => {
      asked.push(request);
      return answer(request);
    },
  };
  const sim = new SimBmc({ clock, satellites: [satellite], responseMs: 1 });
  const device = await clock.until(
    openDevice({ base: sim.base, port: sim, clock, bringUp: 'lazy' }),
  );
  onTestFinished(() => clock.until(device.close()));
  const clients = new FakeClients(device);
  return { clock, asked, clients, ...ipmiBench(clients, { clock }) };
}

/** Milliseconds until the program can receive. */
async function untilReadable(clock: VirtualClock, program: Program): Promise<number> {
  const startMs = clock.now();
  while (!program.file.isReadable && clock.now() - startMs < 60_000) await clock.pass(1);
  return clock.now() - startMs;
}

test('a request reaches its controller, and its answer is received with its address', async () => {
  const { clock, asked, open } = await rig(() => [0, 7, 8]);
  const program = open();

  const to = ipmbAddress(0x82, { lun: 1 });
  const result = program.send({ to, messageId: 77n, ...CHANGE, data: [9] });
  await untilReadable(clock, program);

  expect(result).toBe(0);
  expect(asked).toMatchObject([{ ...CHANGE, lun: 1, data: Uint8Array.of(9) }]);
  expect(program.receive()).toEqual({
    ...{ result: 0, type: 1, messageId: 77n, netFn: 0x31, cmd: 1, address: to },
    data: [0, 7, 8],
  });
});

test('its frames come from the address and the logical unit that were set', async () => {
  const { clock, clients, open } = await rig(() => [0]);
  const program = open();
  program.set('setAddress', u32(0x24));
  program.set('setLun', u32(1));

  program.send({ to: ipmbAddress(0x82), ...CHANGE });
  await clock.pass(100);

  const [channel, , , , requester, number = 0] = clients.requests[0]?.data ?? [];
  expect([channel, requester, number & 3]).toEqual([0, 0x24, 1]);
});

test('a broadcast has an address of 0 in front, and its answer that of the controller', async () => {
  const { clock, clients, open } = await rig(() => [0, 1]);
  const program = open();

  program.send({ to: ipmbAddress(0x82, { type: 0x41 }), ...GET_DEVICE_ID });
  await clock.pass(100);

  expect([...(clients.requests[0]?.data ?? [])].slice(0, 3)).toEqual([0, 0, 0x82]);
});

test('a controller that is not there is what the BMC says of it', async () => {
  const { clock, open, device } = await rig(() => [0]);
  const program = open();

  program.send({ to: ipmbAddress(0x84), ...GET_DEVICE_ID });
  await untilReadable(clock, program);

  expect(program.receive()).toMatchObject({ type: 1, netFn: 7, data: [0x83] });
  expect(device.counters).toMatchObject({ timeoutsAnswered: 0, lossesAnswered: 0 });
});

interface Silence {
  readonly what: string;
  readonly request: Sent;
  readonly count: number;
  readonly ms: number;
}

/** Request, times, how often the controller gets it, and the time until the answer is made. */
const SILENCES: readonly Silence[] = [
  { what: 'that only reads', request: GET_DEVICE_ID, count: 5, ms: 10_000 },
  { what: 'that changes something', request: CHANGE, count: 1, ms: 10_000 },
  {
    ...{
      what: 'that only reads, with times',
      request: { ...GET_DEVICE_ID, times: [1, 300] as const },
    },
    ...{ count: 2, ms: 600 },
  },
  {
    ...{
      what: 'that changes something, with times',
      request: { ...CHANGE, times: [3, 500] as const },
    },
    ...{ count: 1, ms: 2000 },
  },
];

test.each(SILENCES)('a request $what to a silent controller', async ({ request, count, ms }) => {
  const { clock, asked, open, device } = await rig(() => undefined);
  const program = open();

  program.send({ to: ipmbAddress(0x82), ...request });
  const waitedMs = await untilReadable(clock, program);

  expect(program.receive()).toMatchObject({ type: 1, cmd: 1, data: [0xc3] });
  expect(asked).toHaveLength(count);
  expect(Math.abs(waitedMs - ms)).toBeLessThan(20);
  expect(device.counters.timeoutsAnswered).toBe(1);
});

test('a broadcast that finds no answer is sent once, and has the time of one attempt', async () => {
  const clock = new VirtualClock();
  const silent: Bridger = {
    request: () => Promise.resolve({ completionCode: 0, data: new Uint8Array() }),
    expectAnswer: () => ({
      ...{ seq: 5, answer: new Promise(() => undefined), cancel: () => undefined },
    }),
  };
  const clients = new FakeClients(silent);
  const program = ipmiBench(clients, { clock }).open();

  program.send({ to: ipmbAddress(0x82, { type: 0x41 }), ...GET_DEVICE_ID });
  const waitedMs = await untilReadable(clock, program);

  expect(program.receive()).toMatchObject({ type: 1, cmd: 1, data: [0xc3] });
  expect(clients.requests).toHaveLength(1);
  expect(Math.abs(waitedMs - 2000)).toBeLessThan(20);
});

test('a file has the times that it was given for all its requests', async () => {
  const { clock, open } = await rig(() => undefined);
  const program = open();
  program.set('setTiming', [...u32(0), ...u32(250)]);

  program.send({ to: ipmbAddress(0x82), ...CHANGE });

  expect(await untilReadable(clock, program)).toBeLessThan(270);
});

test('a file that is closed waits no more', async () => {
  const { clock, open, device } = await rig(() => undefined);
  const program = open();
  program.send({ to: ipmbAddress(0x82), ...CHANGE });
  await clock.pass(100);

  program.file.release();
  await clock.pass(1);

  expect(device.counters).toMatchObject({ answersDropped: 1, lossesAnswered: 0 });
});
