/** What `seeds.test.ts` would find: drivers that break a promise, and listeners that mishear. */

import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { IpmiError } from '../../src/index.ts';
import type { Device } from '../../src/index.ts';
import { SequenceNumbers } from '../../src/share/sequence-numbers.ts';
import { failuresOf } from '../support/failures.ts';
import { planOf } from '../support/plan.ts';
import { live } from '../support/simulation.ts';
import type { LiveOptions } from '../support/simulation.ts';

/** Without a broken driver, no life of these fails: they are among those of `seeds.test.ts`. */
const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);

describe('a driver that breaks a promise is found out:', () => {
  const unresponsive = new IpmiError('BMC_UNRESPONSIVE', 'nothing', { outcome: 'unknown' });

  test.each<[string, RegExp, (device: Device) => Pick<Device, 'request'>]>([
    [
      'it fails everything',
      /though it had all the time/,
      () => ({ request: () => Promise.reject(unresponsive) }),
    ],
    [
      'it gives one request the reply to another',
      /the reply to change \d+/,
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
      /executions of change \d+/,
      (device) => ({
        async request(...request) {
          await device.request(...request);
          return await device.request(...request);
        },
      }),
    ],
    [
      'it repeats nothing',
      /"read".*BMC_UNRESPONSIVE.*though it had all the time/,
      (device) => ({
        request: (input, options) => device.request(input, { ...options, retries: 0 }),
      }),
    ],
    [
      'it repeats everything',
      /executions of change \d+/,
      (device) => ({
        request: (input, options) => device.request(input, { ...options, retries: 2 }),
      }),
    ],
  ])('%s', async (_, reason, worsen) => {
    const found = await failuresOf(SEEDS.map((seed) => live(planOf(seed), { worsen })));

    expect(found).toContainEqual(expect.stringMatching(reason));
  });

  test.each<[string, RegExp, NonNullable<LiveOptions['mishear']>]>([
    [
      'it tells an event twice',
      /event \d+ was told 2 times/,
      (listener) => (event) => {
        listener(event);
        listener(event);
      },
    ],
    [
      'it loses an event',
      /lost without a reason: \d+/,
      (listener) => {
        let count = 0;
        return (event) => {
          count += 1;
          if (count !== 3) listener(event);
        };
      },
    ],
  ])('%s', async (_, reason, mishear) => {
    const found = await failuresOf(SEEDS.map((seed) => live(planOf(seed), { mishear })));

    expect(found).toContainEqual(expect.stringMatching(reason));
  });

  test('it uses a sequence number again that is owed a reply', async () => {
    const broken = vi.spyOn(SequenceNumbers.prototype, 'owe').mockReturnValue();
    onTestFinished(() => {
      broken.mockRestore();
    });
    // Those in which the numbers go round.
    const plans = Array.from({ length: 400 }, (_, seed) => planOf(seed));
    const lives = plans.filter(({ burst }) => burst !== undefined);

    expect(await failuresOf(lives.map((plan) => live(plan)))).toContainEqual(
      expect.stringMatching(/the reply to change \d+|burst \d+/),
    );
  });
});
