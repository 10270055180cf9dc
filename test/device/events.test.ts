/** What a device tells its listeners, and that they cannot harm it. */

import { expect, test } from 'vitest';

import { open } from '../../src/index.ts';
import { silentLog } from '../../src/log.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { newDevice } from '../support/new-device.ts';
import { SharedLock } from '../support/shared-lock.ts';
import { CyclePort } from '../support/wraps.ts';

async function bench() {
  const clock = new VirtualClock();
  const device = await clock.until(open({ base: 0xce4, port: new SimBmc(), clock }));
  return { clock, device };
}

test('a listener that throws harms nobody but the program', async () => {
  const { clock, device } = await bench();
  const thrown: unknown[] = [];
  const catchIt = (error: unknown): void => void thrown.push(error);
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', catchIt);
  device.on('closed', () => {
    throw new Error('mistake');
  });

  await device.close();
  await clock.pass(1);

  process.off('uncaughtException', catchIt);
  for (const other of others) process.on('uncaughtException', other);
  expect(thrown.map(String)).toEqual(['Error: mistake']);
});

test('off() ends the telling', async () => {
  const { clock, device } = await bench();
  let calls = 0;
  const count = (): void => void (calls += 1);
  device.on('closed', count).off('closed', count);

  await device.close();
  await clock.pass(1);

  expect(calls).toBe(0);
});

test('closed is told once, however often and in which way it is closed', async () => {
  const { clock, device } = await bench();
  let calls = 0;
  device.on('closed', () => (calls += 1));

  await device[Symbol.asyncDispose]();
  expect(device.state).toBe('closed');
  await device.close();
  await clock.pass(1);

  expect(calls).toBe(1);
});

test('ports that fail at close() are logged, and the lock is let go', async () => {
  const lines: unknown[] = [];
  let isBroken = false;
  const port = new CyclePort(new SimBmc(), () => {
    if (isBroken) throw new Error('EIO');
  });
  const lock = new SharedLock();
  const clock = new VirtualClock();
  const log = { ...silentLog, error: (...words: unknown[]) => lines.push(words) };
  const device = newDevice({ port, clock, lock: lock.as('us'), log });
  await device.request({ netFn: 0x06, cmd: 0x01 });
  expect(lock.holder).toBe('us');
  isBroken = true;

  await device.close();

  expect(lines).toEqual([[{ error: 'Error: EIO' }, 'close']]);
  expect(lock.holder).toBeUndefined();
});

test('devices do not begin with the same sequence number', async () => {
  const first: (number | undefined)[] = [];
  for (let device = 0; device < 8; device += 1) {
    const bmc = new SimBmc();
    await (await open({ base: bmc.base, port: bmc })).close();
    first.push(bmc.executed[0]?.seq);
  }

  // All the same once in 2^56 runs.
  expect(new Set(first).size).toBeGreaterThan(1);
});
