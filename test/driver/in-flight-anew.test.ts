/** A request that outlives the loss of its BMC begins anew: another number, all its repeats. */

import { expect, test } from 'vitest';

import { open } from '../../src/index.ts';
import { FaultyBmc } from '../../src/sim/faults.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

/** Get Chassis Status, which may be repeated, and which only we ask for. */
const CHASSIS_STATUS = { netFn: 0x00, cmd: 0x01 };

test('a request that waited for its BMC has another number then, and may be repeated again', async () => {
  const clock = new VirtualClock();
  const state = { drops: 1 };
  const port = new FaultyBmc({
    ...{ clock, seed: 1, faults: [{ kind: 'deaf', fromMs: 1000, forMs: 60_000 }] },
    answer: ({ netFn, atMs }) => {
      if (netFn !== CHASSIS_STATUS.netFn || atMs < 61_000) return undefined;
      state.drops -= 1;
      return state.drops >= 0 ? 'drop' : [0x00, 0x01, 0x00, 0x00];
    },
  });
  const device = await clock.until(open({ base: port.bmc.base, port, clock }));
  const lost: unknown[] = [];
  device.on('lost', (reason) => void lost.push(reason));
  await clock.pass(2000);

  const sent = device.request(CHASSIS_STATUS, { timeoutMs: 300_000 });

  expect((await clock.until(sent)).completionCode).toBe(0);
  const ours = port.bmc.executed.filter(({ netFn }) => netFn === CHASSIS_STATUS.netFn);
  const [before, after] = [
    ours.filter(({ atMs }) => atMs < 61_000).map(({ seq }) => seq),
    ours.filter(({ atMs }) => atMs >= 61_000).map(({ seq }) => seq),
  ];
  expect(before.length).toBeGreaterThan(1);
  expect(new Set(before).size).toBe(1);
  expect(after).toHaveLength(2);
  expect(new Set([...before, ...after]).size).toBe(2);
  expect(lost).toHaveLength(1);
  await device.close();
});
