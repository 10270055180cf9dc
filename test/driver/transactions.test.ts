/** The transactions of a device, as a program counts them and listens to them. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';

import type { Transaction } from '../../src/driver/transactions.ts';
import { open } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

const CHANNEL = 'ipmi-bt:transaction';
const SECRET = Uint8Array.of(2, 2, 0x68, 0x75, 0x6e, 0x74);

/** Listens until the test has ended. */
function listen(): readonly Transaction[] {
  const heard: Transaction[] = [];
  const take = (message: unknown): void => {
    heard.push(message as Transaction);
  };
  subscribe(CHANNEL, take);
  onTestFinished(() => {
    unsubscribe(CHANNEL, take);
  });
  return heard;
}

async function openSim() {
  const sim = new SimBmc();
  const device = await open({ base: sim.base, port: sim, bringUp: 'lazy' });
  onTestFinished(() => device.close());
  return { sim, device };
}

test('each is told with its command, its completion code and its time, and without its data', async () => {
  const { device } = await openSim();
  const heard = listen();

  await device.request({ netFn: 0x06, cmd: 0x01 });
  await device.request({ netFn: 0x06, cmd: 0x47, data: SECRET });

  expect(heard).toEqual([
    {
      ...{ device: device.name, netFn: 6, cmd: 1, lun: 0, isInternal: false },
      ...{ completionCode: 0, requestBytes: 0, responseBytes: 15 },
      durationMs: expect.any(Number) as number,
    },
    {
      ...{ device: device.name, netFn: 6, cmd: 0x47, lun: 0, isInternal: false },
      ...{ completionCode: 0xc7, requestBytes: 6, responseBytes: 0 },
      durationMs: expect.any(Number) as number,
    },
  ]);
});

test('a repeat and a request without an answer are told, and counted', async () => {
  const clock = new VirtualClock();
  const sim = new SimBmc({ clock, responseMs: 5 });
  const device = await clock.until(open({ base: sim.base, port: sim, clock, bringUp: 'lazy' }));
  onTestFinished(() => device.close());
  sim.fail('drop');
  const heard = listen();
  const before = device.statistics().transactions;

  await clock.until(device.request({ netFn: 0x06, cmd: 0x01 }));

  expect(heard.map((one) => one.completionCode)).toEqual([undefined, 0]);
  expect(device.statistics().transactions - before).toBe(2);
});

test('the number is that of the requests that the BMC has taken', async () => {
  const { sim, device } = await openSim();
  for (let sent = 0; sent < 5; sent += 1) await device.request({ netFn: 0x06, cmd: 0x01 });

  expect(sim.executed.length).toBeGreaterThanOrEqual(5);
  expect(device.statistics().transactions).toBe(sim.executed.length);
});

test('they are told in a worker thread too', async () => {
  const program = `
    const { subscribe } = require('node:diagnostics_channel');
    const { parentPort } = require('node:worker_threads');
    let count = 0;
    subscribe('${CHANNEL}', () => (count += 1));
    (async () => {
      const { open } = await import('${new URL('../../dist/index.js', import.meta.url).href}');
      const { SimBmc } = await import('${new URL('../../dist/sim/bmc.js', import.meta.url).href}');
      const { commands } = await import('${new URL('../../dist/commands/index.js', import.meta.url).href}');
      const sim = new SimBmc();
      const device = await open({ base: sim.base, port: sim, bringUp: 'lazy' });
      const { power } = await commands(device).chassis.status();
      await device.close();
      parentPort.postMessage([power.isOn, count]);
    })();`;
  const worker = new Worker(program, { eval: true });

  const answer = await new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
  });

  expect(answer).toEqual([true, expect.any(Number)]);
  expect((answer as [boolean, number])[1]).toBeGreaterThanOrEqual(1);
});
