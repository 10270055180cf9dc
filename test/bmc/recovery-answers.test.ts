/** A BMC that was silent for a while, and its answers when it is asked for its identity. */

import { expect, onTestFinished, test } from 'vitest';

import { open } from '../../src/index.ts';
import type { OpenOptions } from '../../src/index.ts';
import { FaultyBmc } from '../../src/sim/faults.ts';
import type { FaultyOptions } from '../../src/sim/faults.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { outcomeOf } from '../support/rig.ts';

const READ = { netFn: 0x06, cmd: 0x01 };
const CHANGE = { netFn: 0x30, cmd: 0x01, data: Uint8Array.of(7) };

/** A device, and what it tells. */
async function bench(bringUp: OpenOptions['bringUp'], options: Partial<FaultyOptions>) {
  const clock = new VirtualClock();
  const port = new FaultyBmc({ clock, seed: 1, faults: [], ...options });
  const device = await clock.until(open({ base: 0xce4, port, clock, bringUp: bringUp ?? 'full' }));
  const told: unknown[] = [];
  device.on('lost', (reason) => told.push(['lost', reason]));
  device.on('ready', () => told.push('ready'));
  device.on('identity', () => told.push('identity'));
  onTestFinished(async () => {
    await device.close();
    await clock.pass(1);
    expect(clock.pending).toBe(0);
  });
  return { clock, device, told };
}

test('one that was never asked before is starting, too, until it can say who it is', async () => {
  const starting = [1, 2, 3].map((at) => ({ kind: 'code', at, code: 0xd2 }) as const);
  const faults = [{ kind: 'drop', at: 0 } as const, ...starting];
  const { clock, device, told } = await bench('lazy', { faults });

  await clock.until(outcomeOf(device.request(CHANGE)));
  expect(await clock.until(outcomeOf(device.request(CHANGE)))).toEqual([7]);

  expect(told).toEqual([['lost', 'starting'], 'ready']);
});

test('one that will not say it any more is there, and taken for the one it was', async () => {
  const state = { isUpdated: false };
  const { clock, device, told } = await bench('full', {
    faults: [{ kind: 'floats', value: 0xff, fromMs: 1000, forMs: 20_000 }],
    answer: ({ netFn, cmd }) =>
      state.isUpdated && netFn === READ.netFn && cmd === READ.cmd ? [0xc1] : undefined,
  });
  const before = device.deviceId;
  expect(before).toBeDefined();
  await clock.pass(2000);
  state.isUpdated = true;

  expect(await clock.until(outcomeOf(device.request(CHANGE, { timeoutMs: 60_000 })))).toEqual([7]);

  expect(told).toEqual([['lost', 'absent'], 'ready']);
  expect(device.deviceId).toEqual(before);
  expect(await clock.until(outcomeOf(device.request(CHANGE)))).toEqual([7]);
});
