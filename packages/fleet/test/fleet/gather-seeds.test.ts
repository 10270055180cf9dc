/**
 * Random fleets: hosts that hang, are away, answer late or several times, under random limits. The
 * results are held against what the transport saw. A failure names its seed.
 */

import { TURN_MS, VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, test } from 'vitest';

import { Rng } from '../../../../src/sim/rng.ts';
import { exitCodeFor } from '../../src/fleet/exit-code.ts';
import { gather } from '../../src/fleet/gather.ts';
import type { GatherPlan, Gathered } from '../../src/fleet/gather.ts';
import { MemoryTransport, answerOf } from './memory-transport.ts';
import type { HostScript } from './memory-transport.ts';

const SEEDS = 1000;
const HOSTS_MAX = 40;
const PERCENT = 100;

/** A run of a random fleet, and what was seen of it. */
interface Story {
  readonly plan: GatherPlan;
  readonly transport: MemoryTransport;
  readonly gathered: Gathered;
  readonly endMs: number;
  readonly told: readonly string[];
  /** Most hosts that were asked at one time. */
  readonly peak: number;
  /** Hosts that were asked before all canaries had a result. */
  readonly early: readonly string[];
}

function scriptOf(rng: Rng, host: string): HostScript {
  const kind = rng.pick(['unreachable', 'hangs', 'often', 'late', 'once', 'once', 'once', 'once']);
  if (kind === 'unreachable') return { isUnreachable: true };
  if (kind === 'hangs') return {};
  const delivery = answerOf(host, rng.chance(20) ? 0xc1 : 0);
  const most = kind === 'late' ? 3000 : 400;
  const times = Array.from({ length: kind === 'often' ? 3 : 1 }, () => rng.integer(1, most));
  return { replies: times.map((afterMs) => ({ afterMs, delivery })) };
}

async function storyOf(seed: number): Promise<Story> {
  const rng = new Rng(seed);
  const clock = new VirtualClock();
  const hosts = Array.from({ length: rng.integer(1, HOSTS_MAX) }, (_, at) => `h${at}`);
  const scripts = Object.fromEntries(hosts.map((host) => [host, scriptOf(rng, host)]));
  const transport = new MemoryTransport(clock, scripts);
  const abort = new AbortController();
  if (rng.chance(25)) {
    clock.timer(rng.integer(1, 500), () => {
      abort.abort();
    });
  }
  const [told, early, known] = [[] as string[], [] as string[], new Set<string>()];
  const away = new Set<string>();
  let peak = 0;
  const canaries = rng.integer(0, hosts.length + 1);
  const plan: GatherPlan = {
    ...{ hosts, question: { endpoint: 'raw', body: {} }, canaries, signal: abort.signal },
    ...{ waitMs: rng.integer(10, 500), deadlineMs: rng.integer(10, 3000) },
    ...{ fanout: rng.integer(1, hosts.length), maxFailuresPercent: rng.integer(0, PERCENT) },
    onSend: (host) => {
      peak = Math.max(peak, away.add(host).size);
      const isCanary = hosts.indexOf(host) < canaries;
      if (!isCanary && hosts.slice(0, canaries).some((one) => !known.has(one))) early.push(host);
    },
    onResult: ({ host }) => {
      away.delete(host);
      known.add(host);
      told.push(host);
    },
  };
  const gathered = await clock.until(gather({ transport, clock }, plan));
  return { plan, transport, gathered, endMs: clock.now(), told, peak, early };
}

/** True where the failures of the canaries, or those of the rest, were too many. */
function hasTooMany({ plan, gathered }: Story): boolean {
  const parts = [gathered.results.slice(0, plan.canaries), gathered.results.slice(plan.canaries)];
  return parts.some((part) => {
    const failed = part.filter(({ delivery }) => exitCodeFor(delivery) !== 0);
    return failed.length * PERCENT > plan.maxFailuresPercent * part.length;
  });
}

/** Everything that is wrong with a run. */
function faultsIn(story: Story): readonly string[] {
  const { plan, transport, gathered, endMs, told, peak, early } = story;
  const got = transport.received.map(({ host }) => host);
  const faults = early.map((host) => `${host} was asked before the canaries were known`);
  if (new Set(got).size < got.length) faults.push('a host got the question twice');
  if (peak > plan.fanout) faults.push(`${peak} at a time`);
  if (endMs > plan.deadlineMs + TURN_MS) faults.push(`ended at ${endMs}`);
  if (told.toSorted().join() !== plan.hosts.toSorted().join()) faults.push('told not once each');
  if (gathered.results.map(({ host }) => host).join() !== plan.hosts.join()) faults.push('order');
  for (const { host, delivery } of gathered.results) {
    const says = delivery.kind === 'answer' ? 'answered' : delivery.outcome;
    if (got.includes(host) === (says === 'not-sent')) faults.push(`${host}: ${says} is not true`);
    const of = delivery.kind === 'answer' ? delivery.body['host'] : host;
    if (of !== host) faults.push(`${host} has the answer of ${String(of)}`);
  }
  const isWhole = got.length + unreachable(gathered) === plan.hosts.length;
  if (isWhole === (gathered.stopped !== undefined && hasUnsent(gathered))) faults.push('stopped');
  if (gathered.stopped?.startsWith('stopped:') === true && !hasTooMany(story)) faults.push('early');
  return faults;
}

function unreachable({ results }: Gathered): number {
  return results.filter(({ delivery: { ...one } }) => one.kind === 'failure' && isLost(one)).length;
}

function isLost({ code }: { readonly code: string }): boolean {
  return code === 'DEVICE_CLOSED';
}

function hasUnsent({ results }: Gathered): boolean {
  return results.some(
    ({ delivery }) =>
      delivery.kind === 'failure' && delivery.outcome === 'not-sent' && !isLost(delivery),
  );
}

test('each host of a thousand fleets has one honest result, within all limits', async () => {
  const faults: string[] = [];
  const ends = new Set<string>();
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const story = await storyOf(seed);
    faults.push(...faultsIn(story).map((fault) => `SEED=${seed}: ${fault}`));
    const { stopped = 'whole' } = story.gathered;
    ends.add(stopped.replaceAll(/\d+/g, 'N').replace('host failed', 'hosts failed'));
    if (story.gathered.surplus > 0) ends.add('surplus');
  }

  expect(faults).toEqual([]);
  // All kinds of ends were among them.
  expect([...ends].sort()).toEqual([
    ...['aborted by the caller', 'stopped: N of N hosts failed', 'surplus'],
    ...['the deadline of N ms passed', 'whole'],
  ]);
});
