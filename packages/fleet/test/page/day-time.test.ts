/** A clock that is set by an hour and by a day, forward and back, under the page of a fleet. */

import { VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, test } from 'vitest';

import { greatest } from '../../../../test/support/lists.ts';
import { DayTime } from '../../src/page/day-time.ts';
import type { Snapshot } from '../../src/page/messages.ts';
import { FleetModel } from '../../src/page/model.ts';
import { START_MS, eventOf } from './rig.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const SETS = [HOUR_MS, -HOUR_MS, DAY_MS, -DAY_MS];

function rig() {
  const clock = new VirtualClock();
  const startMs = clock.now();
  let offsetMs = 0;
  const told: number[] = [];
  const time = new DayTime({
    ...{ clock, wallMs: () => Math.floor(START_MS + offsetMs + clock.now() - startMs) },
    onSet: (byMs) => {
      told.push(byMs);
      model.clockSet(byMs);
    },
  });
  const status = { version: '1', intervalMs: 30_000, smokeIntervalMs: null };
  const model = new FleetModel({ wallMs: () => time.now(), hosts: ['a', 'b'], status });
  return { clock, model, told, setBy: (byMs: number) => (offsetMs += byMs) };
}

/** Each time of a picture that is by the clock of this server. */
function timesIn({ rows, status, events }: Snapshot): readonly number[] {
  const ofRows = rows.flatMap(({ sinceMs, seenMs, smoke }) => [sinceMs, seenMs, smoke?.atMs]);
  const all = [...ofRows, ...events.map(({ learnedMs }) => learnedMs), status.natsLostMs];
  return [...all, status.heardMs].filter((one) => typeof one === 'number');
}

/** A host that is well, and one that went silent, with all else that has a time. */
async function pictureOf({ model, clock }: ReturnType<typeof rig>): Promise<void> {
  const body = { completionCode: 0, data: '200102350200000000b700' };
  for (const host of ['a', 'b']) model.heard(host, { kind: 'answer', body }, 10);
  await clock.pass(5000);
  const smoke = { kind: 'answer', body: { result: { exitCode: 0, line: 'PASS' } } } as const;
  model.tested('a', smoke);
  model.event(eventOf('a', 'e1', 'hot'), model.nowMs());
  const silence = { kind: 'failure', code: 'REQUEST_TIMEOUT', outcome: 'unknown' } as const;
  model.heard('b', { ...silence, message: 'no answer' }, 1000);
  model.tell({ natsLostMs: model.nowMs() });
  await clock.pass(60_000);
}

test.each(SETS)('set by %d ms, every time is as long ago as it was', async (byMs) => {
  const one = rig();
  await pictureOf(one);
  const before = one.model.snapshot();
  one.model.take();
  one.setBy(byMs);
  const after = one.model.snapshot();

  const ages = ({ nowMs, ...rest }: Snapshot): readonly number[] =>
    timesIn({ nowMs, ...rest }).map((atMs) => nowMs - atMs);
  expect([timesIn(before).length, after.nowMs - before.nowMs]).toEqual([7, byMs]);
  expect(ages(after)).toEqual(ages(before));
  expect(greatest(timesIn(after))).toBeLessThanOrEqual(after.nowMs);
  expect(one.told).toEqual([byMs]);
  // Pages that look on get all of it again.
  expect(one.model.take()?.rows).toEqual(after.rows);
  expect(one.model.take()).toBeUndefined();
});

test.each(SETS)(
  'set by %d ms between two answers, what follows is by the new time',
  async (byMs) => {
    const one = rig();
    await pictureOf(one);
    one.setBy(byMs);
    const silence = { kind: 'failure', code: 'REQUEST_TIMEOUT', outcome: 'unknown' } as const;
    one.model.heard('a', { ...silence, message: 'no answer' }, 2000);
    const { rows, nowMs, events } = one.model.snapshot();
    const [a, b] = rows;

    expect(a).toMatchObject({ sinceMs: nowMs - 2000, seenMs: nowMs - 65_000 });
    expect(b).toMatchObject({ sinceMs: nowMs - 61_000, seenMs: nowMs - 65_000 });
    // The time of NATS is not ours: a page says that it is ahead.
    expect(events[0]).toMatchObject({ atMs: nowMs - byMs - 60_000, learnedMs: nowMs - 60_000 });
  },
);

test('a clock that is corrected little by little is not set', async () => {
  const one = rig();
  for (let at = 0; at < 100; at += 1) {
    await one.clock.pass(10_000);
    one.setBy(5);
    one.model.nowMs();
  }

  expect(one.told).toEqual([]);
  one.setBy(1000);
  one.model.nowMs();
  expect(one.told).toEqual([1500]);
});
