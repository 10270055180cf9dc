/** docs/poll-curve.svg shows what the driver does, and is not older than it. */

import { describe, expect, test } from 'vitest';

import { nextLookMs } from '../../src/driver/poll-policy.ts';
import { CANDIDATES, averageCostOf, costOf } from '../bench/poll-candidates.ts';
import { allowedMs, pollChart } from '../bench/poll-chart.ts';
import { GET_DEVICE_ID, rig, send } from '../support/rig.ts';

test('docs/poll-curve.svg is what is drawn now (vitest run -u renews it)', async () => {
  await expect(pollChart()).toMatchFileSnapshot('../../docs/poll-curve.svg');
});

describe('the cost that is drawn is that of the driver:', () => {
  test.each([0.3, 1, 7, 33, 250, 1100, 4000])('%d ms', async (responseMs) => {
    const { clock, driver } = rig({ responseMs });
    const firedBefore = clock.fired;
    await clock.until(send(driver, GET_DEVICE_ID));
    const cost = costOf(nextLookMs, responseMs);

    expect(clock.now()).toBeCloseTo(responseMs + cost.lateMs, 9);
    expect(clock.fired - firedBefore).toBe(cost.wakes + cost.turns);
  });
});

test('of those drawn, these are never later on average than is allowed', () => {
  const punctual = CANDIDATES.filter(({ curve }) => {
    for (let bmcMs = 0.1; bmcMs < 30_000; bmcMs *= 1.05) {
      if (averageCostOf(curve, bmcMs).lateMs > allowedMs(bmcMs)) return false;
    }
    return true;
  });

  expect(punctual.map(({ name }) => name)).toEqual([
    'growing by 9 % (chosen)',
    'growing by 5 %',
    'growing by 9 %, no spin',
  ]);
});
