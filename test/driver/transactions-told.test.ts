/** The transactions that listeners are told of are those that the BMC has had, whatever happens. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, onTestFinished, test } from 'vitest';

import type { Transaction } from '../../src/driver/transactions.ts';
import { open } from '../../src/index.ts';
import type { SimOptions } from '../../src/sim/bmc.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

const CHANNEL = 'ipmi-bt:transaction';
const READ = { netFn: 0x06, cmd: 0x01 };
const CHANGE = { netFn: 0x30, cmd: 0x01 };

/** Listens until the test has ended. */
function listen(take: (message: Transaction) => void = () => undefined): readonly Transaction[] {
  const heard: Transaction[] = [];
  const listener = (message: unknown): void => {
    heard.push(message as Transaction);
    take(message as Transaction);
  };
  subscribe(CHANNEL, listener);
  onTestFinished(() => {
    unsubscribe(CHANNEL, listener);
  });
  return heard;
}

async function rig(options: SimOptions = {}) {
  const clock = new VirtualClock();
  const sim = new SimBmc({ clock, responseMs: 1, ...options });
  const device = await clock.until(
    open({ ...{ base: sim.base, port: sim, clock }, bringUp: 'lazy', attemptTimeoutMs: 1000 }),
  );
  onTestFinished(() => clock.until(device.close()));
  return { clock, sim, device };
}

test('a late reply that ends a repeat before it was handed over is no transaction more', async () => {
  // The BMC is busy until it answers the first attempt, 200 ms after that was given up.
  const { clock, sim, device } = await rig({ responseMs: 1200, showsBusy: true });
  const heard = listen();

  const reply = await clock.until(device.request(READ));

  expect(reply.completionCode).toBe(0);
  expect(sim.executed).toHaveLength(1);
  expect(device.statistics().transactions).toBe(1);
  expect(heard.map((one) => one.completionCode)).toEqual([undefined]);
});

test.each(['close', 'reset'] as const)('one that is on the wire at %s() is told', async (end) => {
  const { clock, sim, device } = await rig({ responseMs: 500, mayReset: true });
  const heard = listen();
  await clock.pass(1000);
  const request = device.request(CHANGE);
  const rejected = expect(request).rejects.toMatchObject({ outcome: 'unknown' });
  await clock.pass(100);

  await (end === 'close' ? clock.until(device.close()) : clock.until(device.reset('interface')));
  await rejected;

  expect(sim.executed.filter(({ netFn }) => netFn === CHANGE.netFn)).toHaveLength(1);
  const told = heard.filter(({ netFn }) => netFn === CHANGE.netFn);
  expect(told.map((one) => [one.completionCode, one.responseBytes])).toEqual([
    [undefined, undefined],
  ]);
  expect(told.map(({ durationMs }) => Math.round(durationMs))).toEqual([100]);
});

test('a listener may close the device, and stop listening, when it is told', async () => {
  const { clock, sim, device } = await rig({ answer: () => [0xc0] });
  const heard = listen(() => {
    void device.close();
  });

  await expect(clock.until(device.request(READ))).rejects.toMatchObject({
    code: 'DEVICE_CLOSED',
    outcome: 'unknown',
  });
  await clock.pass(60_000);

  expect(heard).toHaveLength(1);
  expect(sim.executed).toHaveLength(1);
  expect(sim.isAtRest).toBe(true);
});

test('a listener may ask the BMC something itself', async () => {
  const { clock, device } = await rig();
  const asked: Promise<unknown>[] = [];
  const heard = listen(({ cmd, netFn }) => {
    if (netFn === CHANGE.netFn && cmd === CHANGE.cmd) asked.push(device.request(READ));
  });

  await clock.until(Promise.all([device.request(CHANGE), device.request(CHANGE)]));
  await clock.until(Promise.all(asked));

  expect(heard.map(({ netFn }) => netFn)).toEqual([0x30, 0x30, 0x06, 0x06]);
});
