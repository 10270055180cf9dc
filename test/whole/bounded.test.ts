/** Nothing grows: a week against a BMC that is dead, and one that never stops talking. */

import { expect, test } from 'vitest';

import { open } from '../../src/index.ts';
import { silentLog } from '../../src/log.ts';
import type { Log } from '../../src/log.ts';
import { FaultyBmc } from '../../src/sim/faults.ts';
import type { Fault } from '../../src/sim/faults.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { greatest } from '../support/lists.ts';
import { GET_DEVICE_ID, echo, outcomeOf, rig, send } from '../support/rig.ts';

const HOUR_MS = 3_600_000;
const WEEK_HOURS = 7 * 24;

const NOT_SENT = { code: 'REQUEST_TIMEOUT', outcome: 'not-sent' };

/** Of three requests that end with their timeouts, the BMC was given the first. */
const FIRST_LATE = [{ ...NOT_SENT, outcome: 'unknown' }, NOT_SENT, NOT_SENT];

test('a week of requests to a dead BMC leaves nothing behind', async () => {
  const { clock, driver, statistics } = rig({ answer: () => 'drop' });

  for (let hour = 0; hour < WEEK_HOURS; hour += 1) {
    const sent = [GET_DEVICE_ID, echo(1), GET_DEVICE_ID].map((message) =>
      outcomeOf(send(driver, message)),
    );
    expect(await clock.until(Promise.all(sent))).toEqual(FIRST_LATE);
    await clock.pass(HOUR_MS);
    expect(clock.pending).toBe(0);
  }

  expect(statistics.completeTransactions).toBe(0);
  // Each of the three requests has one attempt's time.
  expect(statistics.longTimeouts).toBe(WEEK_HOURS * 3);
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

  // What it said of its own accord has overwritten the first reply; nothing was taken for one.
  expect(replies).toEqual([{ code: 'BMC_UNRESPONSIVE', outcome: 'unknown' }, [2], [3]]);
  await clock.pass(10_000);
});

test('a week of looking for a BMC that is gone leaves nothing behind, and little in the log', async () => {
  const clock = new VirtualClock();
  // It hears nothing for a day, and then there is nothing.
  const faults: readonly Fault[] = [
    { kind: 'deaf', fromMs: 1000, forMs: 24 * HOUR_MS },
    { kind: 'floats', value: 0xff, fromMs: 24 * HOUR_MS, forMs: Infinity },
  ];
  const port = new FaultyBmc({ clock, seed: 1, faults });
  let lines = 0;
  const count = (): void => void (lines += 1);
  const logger: Log = { ...silentLog, warn: count, child: () => logger };
  const device = await clock.until(open({ base: port.bmc.base, port, clock, logger }));
  const waiting: number[] = [];
  await clock.pass(2000);

  for (let hour = 0; hour < WEEK_HOURS; hour += 1) {
    const sent = [1, 2, 3].map(() => outcomeOf(device.request({ netFn: 0x06, cmd: 0x01 })));
    const late = hour === 0 ? FIRST_LATE : FIRST_LATE.map(() => NOT_SENT);
    expect(await clock.until(Promise.all(sent))).toEqual(late);
    await clock.pass(HOUR_MS);
    waiting.push(clock.pending);
  }

  // The next look, or the end of the one that is under way.
  expect(greatest(waiting)).toBeLessThanOrEqual(2);
  expect(device.state).toBe('lost');
  // It is asked every 30 s and the 11 s that it has to answer.
  const { longTimeouts } = device.statistics();
  expect(longTimeouts).toBeLessThan((WEEK_HOURS * HOUR_MS) / 40_000 + WEEK_HOURS * 5);
  expect(lines).toBeGreaterThan(0);
  expect(lines).toBeLessThanOrEqual(10);
  await device.close();
  await clock.pass(1);
  expect(clock.pending).toBe(0);
});
