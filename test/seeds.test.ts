/**
 * Whole lives of a device under faults, thousands of them, each from a seed. A failure names its
 * seed; a seed that ever failed is in `FAILED_ONCE` for good.
 */

import { describe, expect, test } from 'vitest';

import { IpmiError } from '../src/index.ts';
import type { Device } from '../src/index.ts';
import { commitSeed } from './commit-seed.ts';
import { planOf } from './plan.ts';
import { live } from './simulation.ts';
import type { LiveOptions } from './simulation.ts';

/** Fewer where the tests run over and over: see `vitest-mutation.config.ts`. */
const SEEDS = Number(process.env['IPMI_BT_LIVES'] ?? 2000);
const A_BATCH = 50;

/** Seeds of former failures. */
const FAILED_ONCE: readonly number[] = [
  1_910_881_020, 1_936_832_177, 5_000_873, 9_000_228, 9_002_004, 9_002_923, 9_003_314,
];

async function liveSeed(seed: number): Promise<void> {
  const plan = planOf(seed);
  try {
    await live(plan);
  } catch (cause) {
    const events = [...plan.faults, ...plan.mishaps].map((event) => JSON.stringify(event));
    throw new Error(`SEED=${seed}:\n  ${events.join('\n  ')}\n${String(cause)}`, { cause });
  }
}

const batches = Array.from({ length: SEEDS / A_BATCH }, (_, batch) => batch * A_BATCH);

test.each(batches)('keeps its promises in fifty lives from seed %i', async (first) => {
  for (let seed = first; seed < first + A_BATCH; seed += 1) await liveSeed(seed);
});

test('keeps its promises in a hundred lives from the seed of this commit', async () => {
  const first = commitSeed();
  for (let seed = first; seed < first + A_BATCH; seed += 1) await liveSeed(seed);
});

describe('a driver that breaks a promise is found out:', () => {
  const unresponsive = new IpmiError('BMC_UNRESPONSIVE', 'nothing', { outcome: 'unknown' });

  test.each<[string, (device: Device) => Pick<Device, 'request'>]>([
    ['it fails everything', () => ({ request: () => Promise.reject(unresponsive) })],
    [
      'it gives one request the reply to another',
      (device) => {
        let last = device.request({ netFn: 0x06, cmd: 0x01 });
        return {
          request(...request) {
            const reply = last;
            last = device.request(...request);
            last.catch(() => undefined);
            return reply;
          },
        };
      },
    ],
    [
      'it sends a command that changes something twice',
      (device) => ({
        async request(...request) {
          await device.request(...request);
          return await device.request(...request);
        },
      }),
    ],
    [
      'it repeats nothing',
      (device) => ({
        request: (input, options) => device.request(input, { ...options, retries: 0 }),
      }),
    ],
    [
      'it repeats everything',
      (device) => ({
        request: (input, options) => device.request(input, { ...options, retries: 2 }),
      }),
    ],
  ])('%s', async (_, worsen) => {
    const seeds = Array.from({ length: 60 }, (_, seed) => seed);
    const found = await Promise.allSettled(seeds.map((seed) => live(planOf(seed), { worsen })));

    expect(found.some(({ status }) => status === 'rejected')).toBe(true);
  });

  test.each<[string, NonNullable<LiveOptions['mishear']>]>([
    [
      'it tells an event twice',
      (listener) => (event) => {
        listener(event);
        listener(event);
      },
    ],
    [
      'it loses an event',
      (listener) => {
        let count = 0;
        return (event) => {
          count += 1;
          if (count !== 3) listener(event);
        };
      },
    ],
  ])('%s', async (_, mishear) => {
    const seeds = Array.from({ length: 60 }, (_, seed) => seed);
    const found = await Promise.allSettled(seeds.map((seed) => live(planOf(seed), { mishear })));

    expect(found.some(({ status }) => status === 'rejected')).toBe(true);
  });
});

test('keeps its promises in lives that once failed', async () => {
  for (const seed of FAILED_ONCE) await liveSeed(seed);
  expect(new Set(FAILED_ONCE).size).toBe(FAILED_ONCE.length);
});
