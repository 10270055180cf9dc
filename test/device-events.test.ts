/** What a device tells its listeners, and that they cannot harm it. */

import { expect, test } from 'vitest';

import { open } from '../src/index.ts';
import { SimBmc } from '../src/sim/bmc.ts';
import { VirtualClock } from '../src/sim/virtual-clock.ts';

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
