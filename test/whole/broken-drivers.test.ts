/** What `seeds.test.ts` would find: drivers that break a promise, and listeners that mishear. */

import { describe, expect, test } from 'vitest';

import { IpmiError } from '../../src/index.ts';
import type { Device } from '../../src/index.ts';
import { planOf } from '../support/plan.ts';
import { live } from '../support/simulation.ts';
import type { LiveOptions } from '../support/simulation.ts';

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
