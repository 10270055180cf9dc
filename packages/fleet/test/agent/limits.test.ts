/** The limits of users. */

import { VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, test } from 'vitest';

import { Limits, TOTAL_MAX } from '../../src/agent/limits.ts';
import { sleep } from '../../src/clock.ts';

const never = (): Promise<never> => new Promise(() => undefined);
const now = async (): Promise<string> => await Promise.resolve('done');

test('a user has so many requests in flight, and another one its own', async () => {
  const limits = new Limits({ inFlight: 2, perSecond: 100 }, new VirtualClock());
  void limits.within('alice', never);
  void limits.within('alice', never);

  await expect(limits.within('alice', now)).rejects.toMatchObject({ code: 'QUEUE_FULL' });
  expect(await limits.within('bob', now)).toBe('done');
});

test('a user has so many requests in a second, on average', async () => {
  const clock = new VirtualClock();
  const limits = new Limits({ inFlight: 9, perSecond: 2 }, clock);
  for (let count = 0; count < 4; count += 1) await limits.within('alice', now);

  await expect(limits.within('alice', now)).rejects.toThrow('more than 2 requests of this user');
  await clock.until(sleep(clock, 500, new AbortController().signal));
  expect(await limits.within('alice', now)).toBe('done');
  await expect(limits.within('alice', now)).rejects.toMatchObject({ outcome: 'not-sent' });
});

test('all users together have their limit', async () => {
  const limits = new Limits({ inFlight: 1, perSecond: 1 }, new VirtualClock());
  for (let user = 0; user < TOTAL_MAX; user += 1) void limits.within(`u${user}`, never);

  await expect(limits.within('alice', now)).rejects.toThrow('requests wait for this BMC');
});
