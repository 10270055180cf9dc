/** Whole lives of brokers: clients killed at every moment, BMCs away, and memory that stays. */

import { describe, expect, test } from 'vitest';

import { brokerRig } from '../support/broker-rig.ts';
import { live } from '../support/broker-life.ts';
import { offenders } from '../support/lists.ts';

/** A kill ends a request that waits, or one that the device has; the signal says nothing more. */
const KILLED = [
  'DEVICE_CLOSED not-sent',
  'REQUEST_ABORTED not-sent',
  'REQUEST_ABORTED unknown',
] as const;

const REQUESTS = 400;

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

describe('seeded lives', () => {
  test.each([1, 2, 3, 4, 5, 6])('seed %i', async (seed) => {
    const rig = await brokerRig({ responseMs: ({ data }) => 1 + ((data[0] ?? 0) % 9) });
    const { bmc, broker, clock } = rig;
    const before = bmc.executed.length;
    const course = { seed, clients: 6, requests: REQUESTS, atOnce: 3, killPercent: 30 };

    const result = await clock.until(live(rig, { ...course, pauseMs: [1, 30] }));
    await clock.pass(1000);

    expect(result.wrong).toEqual([]);
    expect(result.kills).toBeGreaterThan(10);
    const known: readonly string[] = KILLED;
    expect(offenders(Object.keys(result.failed), (name) => !known.includes(name))).toEqual([]);
    const { requests, answered, failed } = broker.status().totals;
    expect([answered, failed]).toEqual([result.answered, sum(result.failed)]);
    expect(answered + failed).toBe(requests);
    // The BMC had what was answered and what may have been sent: each once, and nothing else.
    const sent = bmc.executed.slice(before).map(({ data }) => String([...data]));
    expect(sent).toHaveLength(answered + (result.failed['REQUEST_ABORTED unknown'] ?? 0));
    expect(new Set(sent).size).toBe(sent.length);
  });
});

test('a BMC that is away for 20 s costs no answer, and no command is sent twice', async () => {
  const rig = await brokerRig({ responseMs: 2, restartMs: 20_000 });
  const { bmc, client, clock, broker } = rig;
  const course = { seed: 9, clients: 4, requests: 600, atOnce: 1, killPercent: 0 };
  const lived = live(rig, { ...course, pauseMs: [10, 60] });
  await clock.pass(1000);
  const startMs = clock.now();

  await clock.until(client(99).request({ netFn: 0x06, cmd: 0x02 }));
  const result = await clock.until(lived);

  expect(clock.now() - startMs).toBeGreaterThan(20_000);
  expect(broker.status().state).toBe('ready');
  expect(result.wrong).toEqual([]);
  // Requests that the BMC had when it went, or that waited for longer than their timeouts.
  const late = ['BMC_UNRESPONSIVE unknown', 'REQUEST_TIMEOUT not-sent', 'REQUEST_TIMEOUT unknown'];
  // None of them need have happened.
  expect(late).toEqual(expect.arrayContaining(Object.keys(result.failed)));
  expect(sum(result.failed)).toBeLessThanOrEqual(course.clients);
  const sent = bmc.executed.filter(({ netFn }) => netFn === 0x30).map(({ data }) => [...data]);
  expect(new Set(sent.map(String)).size).toBe(sent.length);
});

test('a day of virtual time and thousands of killed clients leave nothing behind', async () => {
  const rig = await brokerRig({ responseMs: 3 });
  const { clock, broker } = rig;
  const pending: number[] = [];
  for (let hour = 0; hour < 24; hour += 1) {
    const course = { seed: 100 + hour, clients: 8, requests: 80, atOnce: 2, killPercent: 60 };
    const result = await clock.until(live(rig, { ...course, pauseMs: [0, 100] }));
    expect(result.wrong).toEqual([]);
    await clock.pass(3_600_000);
    pending.push(clock.pending);
  }

  expect(offenders(pending, (count) => count > 0)).toEqual([]);
  expect(broker.status()).toMatchObject({ waiting: 0, isBusy: false, clients: [] });
});
