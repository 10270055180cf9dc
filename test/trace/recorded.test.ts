/** A device that is recorded does what one does that is not. */

import { expect, test } from 'vitest';

import type { Device } from '../../src/index.ts';
import { openFrom } from '../../src/registry/open.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { recorded } from '../../src/trace/recorded.ts';
import { ECHO, GET_DEVICE_ID, SECRET, record, recording } from '../support/recordings.ts';

const SINK = { write: (): void => undefined };

/** Everything a life does to the BMC, and what it brings. */
async function lifeOf(record: typeof SINK | undefined): Promise<unknown> {
  const clock = new VirtualClock();
  const sim = new SimBmc({ clock, responseMs: 7 });
  const live = async (): Promise<unknown> => {
    const at = { base: sim.base, port: sim, clock };
    const device: Device = await openFrom(3, { ...at, ...(record && { record }) });
    const replies = await Promise.all([
      device.request(GET_DEVICE_ID),
      device.request({ ...ECHO, data: SECRET }),
      device.request(ECHO, { timeoutMs: 1 }).catch(String),
    ]);
    await device.close();
    return replies;
  };
  const replies = await clock.until(live());
  const { executed, violations, writes } = sim;
  return { replies, executed, violations, writes, nowMs: clock.now() };
}

test('it makes the same accesses at the same times, and has the same replies', async () => {
  expect(await lifeOf(SINK)).toEqual(await lifeOf(undefined));
});

test('every access is in the recording once', async () => {
  let writes = 0;

  const { entries } = await recording({
    life: async (device, sim) => {
      await device.request({ ...ECHO, data: SECRET });
      writes = sim.writes;
    },
  });

  const written = entries.map((entry) =>
    entry.kind === 'out' ? (entry.bytes?.length ?? 1) + entry.hidden : 0,
  );
  expect(written.reduce((sum, one) => sum + one, 0)).toBe(writes);
  expect(writes).toBeGreaterThan(8);
});

test('requests that were withdrawn, and a reset, end the attempt', async () => {
  const text = await record({
    sim: { showsBusy: true, responseMs: 1000, mayReset: true },
    life: async (device) => {
      const first = device.request(ECHO, { retries: 0 }).catch(() => undefined);
      const second = device.request(GET_DEVICE_ID).catch(() => undefined);
      await device.reset('interface');
      await Promise.all([first, second]);
    },
  });

  expect(text).toContain('"kind":"ended","id":1,"result":"dropped"');
});

test('the ports that fail end the attempt as broken', async () => {
  const text = await record({
    life: async (device, sim) => {
      sim.close();
      await device.request(ECHO).catch(() => undefined);
    },
  });

  expect(text).toContain('"kind":"ended","id":1,"result":"broken"');
  expect(text).toContain('"error":"DEVICE_CLOSED"');
});

test('a sink that throws is the failure of whoever has given it', () => {
  const write = (): never => {
    throw new Error('no room');
  };

  expect(() =>
    recorded({
      sink: { write },
      block: { base: 1, spacing: 1, count: 3 },
      clock: { now: () => 0 },
    }),
  ).toThrow('no room');
});
