/**
 * BMCs that take longer than the 6 s of an attempt that are assumed while they have said nothing:
 * the caller's own timeout counts, and a lost one is found again.
 */

import { describe, expect, test } from 'vitest';

import { openFrom } from '../../src/registry/open.ts';
import type { OpenOptions } from '../../src/registry/open-options.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import type { SimOptions } from '../../src/sim/options.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { outcomeOf } from '../support/rig.ts';

const READ = { netFn: 0x06, cmd: 0x01 };
const CHANGE = { netFn: 0x30, cmd: 0x01, data: Uint8Array.of(7) };

/** A device at a BMC that takes 9 s to answer, and says 10 when it is asked. */
async function slow(sim: SimOptions = {}, options: Partial<OpenOptions> = { bringUp: 'lazy' }) {
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock, responseMs: 9000, strict: false, ...sim });
  const device = await clock.until(openFrom(0, { port: bmc, clock, base: 0xce4, ...options }));
  const startMs = clock.now();
  return { clock, bmc, device, waitedMs: () => Math.round(clock.now() - startMs) };
}

/** BMCs that show what they do, and that do not. */
const BUSY = [true, false];

describe.each(BUSY)('B_BUSY shown: %s:', (showsBusy) => {
  test.each([
    ['a change', CHANGE, [7]],
    ['a change with a timeout', { ...CHANGE, timeoutMs: 30_000 }, [7]],
  ])('%s is answered after 9 s by a lazily opened device, and sent once', async (...row) => {
    const [, { timeoutMs, ...request }, data] = row as [string, typeof CHANGE & Timeout, number[]];
    const { clock, bmc, device, waitedMs } = await slow({ showsBusy });
    const reply = await clock.until(outcomeOf(device.request(request, { timeoutMs })));

    expect(reply).toEqual(data);
    // A look is 200 ms late at most.
    expect(waitedMs()).toBeLessThan(9201);
    expect(bmc.executed).toHaveLength(1);
    await clock.until(device.close());
  });

  test('the identity is complete', async () => {
    const { clock, device } = await slow({ showsBusy });
    const identity = await clock.until(device.identity({ timeoutMs: 120_000 }));

    expect(identity.deviceId).toBeDefined();
    expect(identity.selfTest).toBeDefined();
    await clock.until(device.close());
  });

  test('a device that is brought up learns the time, and keeps to it', async () => {
    const { clock, device } = await slow({ showsBusy }, { timeoutMs: 60_000 });

    expect(device.capabilities?.responseTimeSeconds).toBe(10);
    expect(await clock.until(outcomeOf(device.request(CHANGE)))).toEqual([7]);
    await clock.until(device.close());
  });

  test('a BMC that was silent and is slow is found again', async () => {
    let isSilent = false;
    const { clock, device } = await slow({
      ...{ showsBusy },
      answer: () => (isSilent ? 'drop' : undefined),
    });
    isSilent = true;
    const failed = outcomeOf(device.request(CHANGE, { timeoutMs: 20_000 }));
    expect(await clock.until(failed)).toMatchObject({ outcome: 'unknown' });
    await clock.pass(60_000);
    expect(device.state).toBe('lost');
    isSilent = false;
    await clock.pass(90_000);

    expect(device.state).toBe('ready');
    await clock.until(device.close());
  });
});

interface Timeout {
  readonly timeoutMs?: number;
}

describe('a BMC that has not said how long it takes, and is silent,', () => {
  const SILENT: SimOptions = { answer: () => 'drop', showsBusy: false };

  test('fails a change when its caller stops waiting, and after 25 s at the latest', async () => {
    for (const [timeoutMs, mostMs] of [
      [20_000, 20_000],
      [300_000, 25_000],
    ] as const) {
      const { clock, device, waitedMs } = await slow(SILENT);
      const failed = outcomeOf(device.request(CHANGE, { timeoutMs }));
      expect(await clock.until(failed)).toMatchObject({ outcome: 'unknown' });

      expect(waitedMs()).toBeGreaterThanOrEqual(mostMs);
      expect(waitedMs()).toBeLessThan(mostMs + 100);
      await clock.until(device.close());
    }
  });

  test('an attempt whose caller has aborted takes no longer than any other', async () => {
    const { clock, bmc, device } = await slow(SILENT);
    const controller = new AbortController();
    const aborted = outcomeOf(
      device.request(CHANGE, { timeoutMs: 60_000, signal: controller.signal }),
    );
    await clock.pass(1000);
    controller.abort();
    expect(await clock.until(aborted)).toMatchObject({ code: 'REQUEST_ABORTED' });
    void outcomeOf(device.request(READ, { timeoutMs: 60_000 }));
    await clock.pass(6500);

    expect(bmc.executed.map(({ cmd, atMs }) => [cmd, Math.round(atMs / 100)])).toContainEqual([
      0x01, 60,
    ]);
    await clock.until(device.close());
  });

  test('a BMC that has said it is not waited for any longer', async () => {
    let isSilent = false;
    const answer = (): 'drop' | undefined => (isSilent ? 'drop' : undefined);
    const { clock, device, waitedMs } = await slow({ responseMs: 0, answer }, {});
    isSilent = true;
    const failed = outcomeOf(device.request(CHANGE, { timeoutMs: 60_000 }));
    expect(await clock.until(failed)).toEqual({ code: 'BMC_UNRESPONSIVE', outcome: 'unknown' });

    expect(waitedMs()).toBe(11_000);
    await clock.until(device.close());
  });
});
