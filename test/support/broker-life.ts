/**
 * A life of a broker on virtual time: clients of several processes come, send, stop to listen, and
 * are killed, at moments of a seed. Each request ends in its own answer, or in an error that its
 * life explains.
 */

import type { BrokerClient } from '../../src/serve/broker-client.ts';
import type { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { Rng } from '../../src/sim/rng.ts';
import type { BrokerRig } from './broker-rig.ts';
import { echo } from './rig.ts';

/** The course of a life. */
export interface Life {
  readonly seed: number;
  readonly clients: number;
  /** Requests that all clients make together. */
  readonly requests: number;
  /** A client makes so many at a time. */
  readonly atOnce: number;
  /** Of a hundred rounds of a client, so many end with its death. */
  readonly killPercent: number;
  /** Least and most time between two rounds of a client, milliseconds. */
  readonly pauseMs: readonly [least: number, most: number];
}

/** What became of the requests. */
export interface LifeResult {
  readonly answered: number;
  /** Answers with the data of another request. */
  readonly wrong: readonly string[];
  /** By code and outcome. */
  readonly failed: Readonly<Record<string, number>>;
  readonly kills: number;
}

/** Lives it to the end. */
export async function live(rig: BrokerRig, life: Life): Promise<LifeResult> {
  const result = { answered: 0, wrong: [] as string[], failed: {} as Record<string, number> };
  const random = new Rng(life.seed);
  let [begun, kills] = [0, 0];

  const ask = async (client: BrokerClient): Promise<void> => {
    const number = begun;
    begun += 1;
    const unique = [number & 0xff, (number >> 8) & 0xff, (number >> 16) & 0xff];
    try {
      const { data } = await client.request(echo(...unique));
      result.answered += 1;
      if (String([...data]) !== String(unique)) result.wrong.push(`${number}: ${String(data)}`);
    } catch (error) {
      const { code = String(error), outcome = '' } = error as { code?: string; outcome?: string };
      const name = `${code} ${outcome}`;
      result.failed[name] = (result.failed[name] ?? 0) + 1;
    }
  };

  const process = async (pid: number): Promise<void> => {
    let client = rig.client(pid);
    while (begun < life.requests) {
      const sent = Promise.all(Array.from({ length: life.atOnce }, () => ask(client)));
      if (random.chance(life.killPercent)) {
        // It dies before, while, or after its requests are sent.
        await pause(rig.clock, random.integer(0, 19));
        client.close();
        kills += 1;
        client = rig.client(pid);
      }
      await sent;
      const [least, most] = life.pauseMs;
      await pause(rig.clock, random.integer(least, most));
    }
    client.close();
  };

  await Promise.all(Array.from({ length: life.clients }, (_, index) => process(index + 1)));
  return { ...result, kills };
}

function pause(clock: VirtualClock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.timer(ms, resolve);
  });
}
