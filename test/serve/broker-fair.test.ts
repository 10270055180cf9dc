/** The share that each client has of the BMC, on virtual time, whatever the others send. */

import { describe, expect, test } from 'vitest';

import type { BrokerClient } from '../../src/serve/broker-client.ts';
import type { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { brokerRig, rootOf } from '../support/broker-rig.ts';
import type { BrokerRig } from '../support/broker-rig.ts';
import { greatest, least, offenders } from '../support/lists.ts';
import { GET_DEVICE_ID, echo } from '../support/rig.ts';

/** Time of the BMC for an answer, milliseconds. */
const RESPONSE_MS = 5;

const MEASURED = 120;

/** Requests that a flood lets wait all the time. */
const FLOOD = 90;

/** Sends again and again, so many requests at a time, until it is told to end. */
function flood(client: BrokerClient): () => Promise<void> {
  let isOver = false;
  let sent = 0;
  const one = async (): Promise<void> => {
    while (!isOver) {
      sent += 1;
      await client.request(echo(sent & 0xff));
    }
  };
  const all = Promise.all(Array.from({ length: FLOOD }, one));
  return async () => {
    isOver = true;
    await all;
  };
}

/** The times from request to answer of a client that sends one, then waits a little. */
async function timesOf(client: BrokerClient, clock: VirtualClock): Promise<readonly number[]> {
  const times: number[] = [];
  for (let count = 0; count < MEASURED; count += 1) {
    const startMs = clock.now();
    await client.request(GET_DEVICE_ID);
    times.push(clock.now() - startMs);
    await new Promise<void>((resolve) => {
      clock.timer(1 + (count % 7), resolve);
    });
  }
  return times;
}

/** The longest time of 99 in a hundred. */
function p99(times: readonly number[]): number {
  const sorted = [...times].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length * 0.99)] ?? NaN;
}

/** The longest time between two answers of the BMC to a flood: one answer, all that it takes. */
async function answerMs({ clock, client }: BrokerRig): Promise<number> {
  const alone = client(9999);
  const ends: number[] = [clock.now()];
  const sent = Array.from({ length: 20 }, async () => {
    await alone.request(echo(1));
    ends.push(clock.now());
  });
  await clock.until(Promise.all(sent));
  alone.close();
  return greatest(ends.slice(1).map((at, index) => at - (ends[index] ?? 0)));
}

describe('a flood', () => {
  test.each([1, 2, 7])(
    'of %i processes raises the p99 of another by an answer of the BMC for each at most',
    async (count) => {
      const rig = await brokerRig({ responseMs: RESPONSE_MS });
      const { clock, client } = rig;
      const one = await answerMs(rig);
      const quiet = client(1);
      const before = p99(await clock.until(timesOf(quiet, clock)));
      const ends = Array.from({ length: count }, (_, index) => flood(client(10 + index)));

      const after = p99(await clock.until(timesOf(quiet, clock)));

      await clock.until(Promise.all(ends.map((end) => end())));
      expect(one).toBeLessThan(2 * RESPONSE_MS);
      expect(after - before).toBeLessThanOrEqual(count * one);
      // The flood is one: the other has to wait for it.
      expect(after - before).toBeGreaterThan((count - 1) * RESPONSE_MS);
    },
  );

  test('of many files of one process has the share of one process', async () => {
    const rig = await brokerRig({ responseMs: RESPONSE_MS });
    const { clock, client, broker } = rig;
    const one = await answerMs(rig);
    const quiet = client(1);
    const before = p99(await clock.until(timesOf(quiet, clock)));
    const ends = Array.from({ length: 8 }, () => flood(client(10)));

    const after = p99(await clock.until(timesOf(quiet, clock)));

    const counts = broker.status().clients.map(({ counters }) => counters.answered);
    await clock.until(Promise.all(ends.map((end) => end())));
    expect(after - before).toBeLessThanOrEqual(one);
    // The files of the flood have the same share each.
    const [, ...files] = counts;
    expect(offenders(files, (answered) => Math.abs(answered - (files[0] ?? 0)) > 1)).toEqual([]);
  });

  test('of one file leaves the other files of its process their turns', async () => {
    const rig = await brokerRig({ responseMs: RESPONSE_MS });
    const { clock, client } = rig;
    const one = await answerMs(rig);
    const quiet = client(1);
    const before = p99(await clock.until(timesOf(quiet, clock)));
    const end = flood(client(1));

    const after = p99(await clock.until(timesOf(quiet, clock)));

    await clock.until(end());
    expect(after - before).toBeLessThanOrEqual(one);
  });

  test('of connections whose process is not known counts each of them apart', async () => {
    const { clock, broker } = await brokerRig({ responseMs: RESPONSE_MS });
    const clients = [0, 0, 0].map(() => broker.open({ ...rootOf(0), door: 'socket' }));
    const ends = clients.map((client) => flood(client));

    await clock.pass(1000);

    const counts = broker.status().clients.map(({ counters }) => counters.answered);
    await clock.until(Promise.all(ends.map((end) => end())));
    expect(greatest(counts) - least(counts)).toBeLessThanOrEqual(1);
    expect(least(counts)).toBeGreaterThan(30);
  });
});
