/** What the driver counts: each counter, by what makes it rise. */

import { describe, expect, onTestFinished, test } from 'vitest';

import { InFlight } from '../../src/driver/in-flight.ts';
import { limitsFor } from '../../src/driver/limits.ts';
import { open } from '../../src/index.ts';
import type { Device } from '../../src/index.ts';
import { DEFAULT_CAPABILITIES } from '../../src/ipmi/bt-capabilities.ts';
import { SequenceNumbers } from '../../src/share/sequence-numbers.ts';
import { silentLog } from '../../src/log.ts';
import { FaultyBmc } from '../../src/sim/faults.ts';
import type { Fault } from '../../src/sim/faults.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { rig } from '../support/rig.ts';

const READ = { netFn: 0x06, cmd: 0x01 };

/** The names of the kernel's counters for `ipmi_si` in sysfs. */
const KERNEL_NAMES = [
  ...['short_timeouts', 'long_timeouts', 'idles', 'interrupts', 'attentions', 'flag_fetches'],
  ...['hosed_count', 'complete_transactions', 'events', 'watchdog_pretimeouts'],
  'incoming_messages',
];

async function bench(faults: readonly Fault[] = [], responseMs = 5) {
  const clock = new VirtualClock();
  const port = new FaultyBmc({ clock, seed: 1, faults, responseMs });
  const device = await clock.until(open({ base: 0xce4, port, clock }));
  onTestFinished(() => device.close());
  return { clock, port, device };
}

function countersOf(device: Device): object {
  const all = Object.entries(device.statistics());
  return Object.fromEntries(all.filter(([name, count]) => name !== 'latency' && count !== 0));
}

test("the first names are the kernel's", async () => {
  const { device } = await bench();

  const names = Object.keys(device.statistics()).slice(0, KERNEL_NAMES.length);

  expect(names.map((name) => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`))).toEqual(
    KERNEL_NAMES,
  );
});

describe('after bring-up and one request', () => {
  test('three transactions are complete, and each was waited for on timers', async () => {
    const { clock, device } = await bench();

    await clock.until(device.request(READ));

    // A timer for each of 5 ms, but for the first, which was waited for on turns.
    expect(countersOf(device)).toEqual({
      transactions: 3,
      completeTransactions: 3,
      shortTimeouts: 3 * 5 - 1,
    });
  });

  test('no timer was set for a BMC that answers at once', async () => {
    const { clock, device } = await bench([], 0);

    await clock.until(device.request(READ));

    expect(countersOf(device)).toEqual({ transactions: 3, completeTransactions: 3 });
  });
});

test('a look that finds nothing to do is idle', () => {
  const { machine, statistics, clock, bmc } = rig();
  const limits = limitsFor(DEFAULT_CAPABILITIES);
  const numbers = new SequenceNumbers(0);
  const parts = { machine, statistics, clock, log: silentLog, limits, numbers };
  const inFlight = new InFlight(parts);

  expect([inFlight.advance(0).kind, inFlight.advance(1).kind]).toEqual(['idle', 'idle']);
  expect([statistics.idles, statistics.staleReplies]).toEqual([2, 0]);

  // One that takes a response of no use has found something.
  bmc.leaveResponse([0x1c, 8, 0x01, 0x00]);
  inFlight.advance(2);
  expect([statistics.idles, statistics.staleReplies]).toEqual([2, 1]);
});

test('a BMC that is lost is hosed once, and recovers once', async () => {
  const { clock, device } = await bench([{ kind: 'deaf', fromMs: 1000, forMs: 60_000 }]);
  await clock.pass(2000);

  await clock.until(device.request(READ, { timeoutMs: 90_000 }));

  expect(device.statistics()).toMatchObject({ hosedCount: 1, recoveries: 1 });
  expect(device.statistics().longTimeouts).toBeGreaterThanOrEqual(3);
});

describe('latency', () => {
  test('is that of each answer, without the wait in the queue', async () => {
    const { clock, device } = await bench([{ kind: 'late', at: 4, byMs: 95 }]);

    await clock.until(Promise.all([READ, READ, READ, READ].map((it) => device.request(it))));

    const { counts, maxUs } = device.statistics().latency;
    expect(counts.reduce((sum, count) => sum + count)).toBe(6);
    // 5 to 6 ms lie in the bucket below 2^13 us, 100 to 110 ms in that below 2^17.
    expect([counts[13], counts[17]]).toEqual([5, 1]);
    expect(maxUs).toBeGreaterThanOrEqual(100_000);
    expect(maxUs).toBeLessThan(110_000);
  });

  test('does not count what was not answered', async () => {
    const { clock, device } = await bench([{ kind: 'drop', at: 2 }]);

    await clock.until(device.request(READ));

    const { counts } = device.statistics().latency;
    expect(counts.reduce((sum, count) => sum + count)).toBe(3);
    expect(device.statistics()).toMatchObject({ longTimeouts: 1, retries: 1 });
  });
});

test('statistics() is a copy: what is counted later does not change it', async () => {
  const { clock, device } = await bench();
  const before = device.statistics();
  const text = JSON.stringify(before);

  await clock.until(device.request(READ));

  expect(JSON.stringify(before)).toBe(text);
  expect(device.statistics().completeTransactions).toBe(3);
});
