/** A device whose interface another process has: what waits for it, and for how long. */

import { describe, expect, onTestFinished, test } from 'vitest';

import { Device } from '../../src/device/device.ts';
import { silentLog } from '../../src/log.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { bringUpOptions, outcomeOf } from '../support/rig.ts';
import { SharedLock } from '../support/shared-lock.ts';

const LOCK_TIMEOUT_MS = 1000;

/** The simulator's echo, with more data than every BMC takes. */
const LONG = { netFn: 0x30, cmd: 0x01, data: Uint8Array.from({ length: 100 }, (_, at) => at) };

/** A device that is ready, and another process that has just taken its interface. */
async function bench() {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, mayReset: true });
  const lock = new SharedLock();
  const device = new Device({
    ...{
      name: 'bt0',
      port: bmc,
      backend: 'custom',
      block: { base: bmc.base, spacing: 1, count: 3 },
    },
    ...{ lock: lock.as('ours'), lockTimeoutMs: LOCK_TIMEOUT_MS, clock, log: silentLog },
    ...{ queueMax: 8, attemptMs: undefined, firstSeq: 0, quirks: [], calmMs: 0 },
    ...{ line: undefined, giveBack: undefined },
    onClosed: () => undefined,
  });
  await clock.until(device.bringUp('lazy', bringUpOptions(clock)));
  await clock.pass(100);
  const other = lock.as('other');
  other.tryAcquire(false);
  onTestFinished(async () => {
    await device.close();
    other.close();
    await clock.pass(1);
    expect([clock.pending, lock.holder, lock.next]).toEqual([0, undefined, undefined]);
  });
  const { writes } = bmc;
  const startMs = clock.now();
  return {
    ...{ clock, bmc, lock, device, other },
    passedMs: () => clock.now() - startMs,
    written: () => bmc.writes - writes,
  };
}

describe('a reset of the interface', () => {
  test.each([
    [LOCK_TIMEOUT_MS, undefined],
    [300, 300],
    [LOCK_TIMEOUT_MS, 5000],
  ])('gives up after %i ms where its time is %s', async (mostMs, timeoutMs) => {
    const { clock, device, passedMs, written } = await bench();
    const options = timeoutMs === undefined ? {} : { timeoutMs };

    const reset = clock.until(device.reset('interface', options));

    await expect(reset).rejects.toMatchObject({ code: 'DEVICE_LOCKED', outcome: 'not-sent' });
    expect([passedMs(), written()]).toEqual([mostMs, 0]);
  });

  test('is done when the other process lets go', async () => {
    const { clock, bmc, device, other, written } = await bench();
    const reset = device.reset('interface');
    await clock.pass(200);
    expect(written()).toBe(0);

    other.close();

    expect(await clock.until(reset)).toBe(0);
    expect([written(), device.state]).toEqual([1, 'lost']);
    expect(bmc.violations).toEqual([]);
  });

  test('ends with the abort of its caller', async () => {
    const { clock, device, passedMs, written } = await bench();
    const controller = new AbortController();
    const reset = device.reset('interface', { signal: controller.signal });
    clock.timer(100, () => {
      controller.abort();
    });

    const ending = clock.until(reset);

    await expect(ending).rejects.toMatchObject({ code: 'REQUEST_ABORTED', outcome: 'not-sent' });
    expect([passedMs(), written()]).toEqual([100, 0]);
  });

  test('ends with the device, and leaves the lock to others', async () => {
    const { clock, device, other, lock, written } = await bench();
    const reset = device.reset('interface');
    await clock.pass(100);

    await device.close();
    other.close();

    await expect(clock.until(reset)).rejects.toMatchObject({ code: 'DEVICE_CLOSED' });
    expect([lock.holder, lock.next, written()]).toEqual([undefined, undefined, 0]);
  });

  test('that has not begun when the device is closed is not done', async () => {
    const { clock, device, other, written } = await bench();
    other.close();
    const reset = device.reset('interface');

    device.closeNow();

    await expect(clock.until(reset)).rejects.toMatchObject({ code: 'DEVICE_CLOSED' });
    expect(written()).toBe(0);
  });
});

test('what the BMC takes is asked again where another process was in the way', async () => {
  const { clock, device, other } = await bench();
  const refused = outcomeOf(device.request(LONG));
  expect(await clock.until(refused)).toEqual({ code: 'DEVICE_LOCKED', outcome: 'not-sent' });
  expect(device.capabilities).toBeUndefined();
  other.close();

  expect(await clock.until(outcomeOf(device.request(LONG)))).toEqual([...LONG.data]);
  expect(device.capabilities).toBeDefined();
});
