/** Nothing grows: a week against a BMC that is dead, and one that never stops talking. */

import { expect, test } from 'vitest';

import { GET_DEVICE_ID, echo, outcomeOf, rig, send } from './rig.ts';

const HOUR_MS = 3_600_000;
const WEEK_HOURS = 7 * 24;

test('a week of requests to a dead BMC leaves nothing behind', async () => {
  const { clock, driver, statistics } = rig({ answer: () => 'drop' });

  for (let hour = 0; hour < WEEK_HOURS; hour += 1) {
    const sent = [GET_DEVICE_ID, echo(1), GET_DEVICE_ID].map((message) =>
      outcomeOf(send(driver, message)),
    );
    const outcomes = await clock.until(Promise.all(sent));
    for (const outcome of outcomes) expect(outcome).toHaveProperty('code');
    await clock.pass(HOUR_MS);
    expect(clock.pending).toBe(0);
  }

  expect(statistics.completeTransactions).toBe(0);
  expect(statistics.longTimeouts).toBeLessThanOrEqual(WEEK_HOURS * 7);
});

test('a BMC that always has another response waiting neither starves nor floods a request', async () => {
  const { clock, bmc, driver } = rig({ showsBusy: false, responseMs: 40 });
  const babble = (): void => {
    bmc.leaveResponse([0x1c, 0xee, 0x01, 0x00]);
    if (clock.now() < 5000) clock.timer(1, babble);
  };
  clock.timer(1, babble);

  const replies = await clock.until(
    Promise.all([1, 2, 3].map((value) => outcomeOf(send(driver, echo(value))))),
  );

  // What it said of its own accord may have overwritten a reply; nothing was taken for one.
  for (const [index, reply] of replies.entries()) {
    expect([[index + 1], { code: 'BMC_UNRESPONSIVE', outcome: 'unknown' }]).toContainEqual(reply);
  }
  await clock.pass(10_000);
});
