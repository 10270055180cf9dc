/** One command that reads to all hosts: how long until the last answers, and what it costs. */

import { systemClock } from 'ipmi-bt';

import { percentile } from '../../../../test/bench/stats.ts';
import type { Row } from '../../../../test/bench/table.ts';
import type { Crowd } from '../crowd/crowd.ts';
import { cpuMsOf, ownCpuMs } from './processor-time.ts';

/** The slowest BMC takes so long for an answer. */
export const SLOWEST_MS = 500;

const ROUNDS = 7;
const WAIT_MS = 60_000;

/** Get Device ID. */
const QUESTION = { endpoint: 'raw', body: { netFn: 6, cmd: 1, timeoutMs: WAIT_MS } } as const;

/** The answers of one round. */
export interface Reading {
  readonly bmcs: string;
  readonly hosts: number;
  readonly answered: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Of p99 to the time of the slowest BMC. */
  readonly ratio: number;
  readonly cpuMs: { readonly agents: number; readonly server: number; readonly fleet: number };
}

/** Several rounds, with BMCs as they are and with all as slow as the slowest; the median by p99. */
export async function measureReading(crowd: Crowd): Promise<readonly Reading[]> {
  const spread = await medianOf(crowd, `${SLOWEST_MS / 100} to ${SLOWEST_MS} ms`);
  await crowd.tell({ does: 'slowTo', delayMs: SLOWEST_MS });
  return [spread, await medianOf(crowd, `${SLOWEST_MS} ms each`)];
}

export function readingRows(readings: readonly Reading[]): readonly Row[] {
  return [
    ['BMCs', 'hosts', 'answered', 'p50 ms', 'p99 ms', 'max ms', 'p99 / slowest', 'CPU ms'],
    ...readings.map(({ bmcs, hosts, answered, p50Ms, p99Ms, maxMs, ratio, cpuMs }): Row => {
      const times = [p50Ms, p99Ms, maxMs].map((ms) => ms.toFixed(0));
      const { agents, server, fleet } = cpuMs;
      const used = [agents, server, fleet].map((ms) => ms.toFixed(0)).join(' + ');
      return [bmcs, `${hosts}`, `${answered}`, ...times, ratio.toFixed(2), used];
    }),
  ];
}

async function medianOf(crowd: Crowd, bmcs: string): Promise<Reading> {
  const readings: Reading[] = [];
  for (let round = 0; round < ROUNDS; round += 1) readings.push(await read(crowd, bmcs));
  readings.sort((a, b) => a.p99Ms - b.p99Ms);
  const median = readings[Math.floor(ROUNDS / 2)];
  if (median === undefined) throw new Error('bug: no rounds');
  return median;
}

async function read(crowd: Crowd, bmcs: string): Promise<Reading> {
  const before = await cpuOf(crowd);
  const ownBefore = ownCpuMs();
  const startMs = systemClock.now();
  const ends: number[] = [];
  const { results } = await crowd.fleet.gather({
    ...{ hosts: crowd.hosts, question: QUESTION, waitMs: WAIT_MS },
    // From the call, so that the time to hand over all questions counts as well.
    onResult: () => ends.push(systemClock.now() - startMs),
  });
  const fleet = ownCpuMs() - ownBefore;
  const after = await cpuOf(crowd);
  const p99Ms = percentile(ends, 99);
  return {
    ...{ bmcs, hosts: crowd.hosts.length, ratio: p99Ms / SLOWEST_MS },
    answered: results.filter(({ delivery }) => delivery.kind === 'answer').length,
    ...{ p50Ms: percentile(ends, 50), p99Ms, maxMs: percentile(ends, 100) },
    cpuMs: {
      ...{ agents: after.agents - before.agents, server: after.server - before.server },
      fleet,
    },
  };
}

async function cpuOf(crowd: Crowd): Promise<{ agents: number; server: number }> {
  const usages = await Promise.all(crowd.groups.map((group) => group.tell({ does: 'usage' }, [])));
  const agents = usages.reduce((all, { cpuMs }) => all + cpuMs, 0);
  return { agents, server: cpuMsOf(crowd.server.pid ?? 0) };
}
