/**
 * A whole life of a device at the toy BMC, from a seed: opened, asked under faults, asked again
 * when all of them are over, closed.
 */

import assert from 'node:assert/strict';

import { IpmiError } from '../../src/index.ts';
import type { Device } from '../../src/index.ts';
import { Rng } from '../../src/sim/rng.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { messageOf, payloadOf } from './oracle.ts';
import { BUSY_MS, plannedRequest } from './plan.ts';
import { bringUpOptions } from './rig.ts';
import { ToyBmc } from './toy-bmc.ts';
import { toyDevice } from './toy-device.ts';
import type { Worsen } from './toy-device.ts';
import type { ToyCommandFault, ToyFault, ToySpell } from './toy-faults.ts';
import { judgeToy, judgeToyExecutions } from './toy-oracle.ts';
import type { ToyPlan, ToyResult } from './toy-oracle.ts';

const REQUESTS_AFTER = 10;

/** What bring-up says of a BMC that is not there, or does not answer. */
const AWAY: readonly string[] = ['DEVICE_ABSENT', 'BMC_UNRESPONSIVE'];

/** Openings of a device whose BMC comes back at all. */
const OPENINGS_MAX = 10;

export interface ToyLiveOptions {
  /** Puts a worse interface in place of the honest one, to show that this is noticed. */
  readonly worsen?: Worsen;
}

/** The plan of a seed: up to four faults, alone and mixed, and a dozen requests among them. */
export function toyPlanOf(seed: number): ToyPlan {
  const rng = new Rng(seed);
  const faults = Array.from({ length: rng.integer(0, 4) }, () =>
    rng.chance(60) ? commandFault(rng) : spell(rng),
  );
  const requests = Array.from({ length: rng.integer(4, 14) }, () => plannedRequest(rng));
  return {
    ...{ seed, faults },
    requests: requests.toSorted((a, b) => a.atMs - b.atMs),
    responseMs: rng.pick([0, 1, 20, 400, 1500]),
    controlMs: rng.pick([0, 0, 0.2, 3]),
    byteMs: rng.pick([0, 0, 0.2, 3]),
  };
}

function commandFault(rng: Rng): ToyCommandFault {
  const at = rng.integer(0, 14);
  switch (rng.integer(0, 2)) {
    case 0:
      return { kind: 'drop', at };
    case 1:
      // Within an attempt's time, and one to three attempts late.
      return { kind: 'late', at, byMs: rng.pick([10, 900, 5500, 6500, 12_500, 18_500]) };
    default:
      return { kind: 'code', at, code: rng.pick([0xc0, 0xc3, 0xd5]) };
  }
}

function spell(rng: Rng): ToySpell {
  const kind = rng.pick(['busy', 'floats', 'restarts'] as const);
  const forMs = rng.pick([0.2, 3, 50, 900, 3000, 9000, 20_000]);
  return { kind, fromMs: rng.integer(0, BUSY_MS), forMs };
}

/** Lives through the plan; throws when anything comes of it that its faults do not permit. */
export async function liveToy(plan: ToyPlan, options: ToyLiveOptions = {}): Promise<void> {
  const clock = new VirtualClock();
  const bmc = new ToyBmc({ clock, ...plan });
  const device = await openAtLast(bmc, clock, options.worsen);
  const results = await clock.until(
    Promise.all(plan.requests.map((_, index) => ask({ device, clock, plan, index }))),
  );
  await clock.pass(Math.max(bmc.faults.calmFromMs - clock.now(), 0));
  bmc.faults.calm();
  for (let index = 100; index < 100 + REQUESTS_AFTER; index += 1) {
    const kind = index % 2 === 0 ? 'read' : 'change';
    const { completionCode, data } = await clock.until(device.request(messageOf(kind, index)));
    const told = [completionCode, ...data];
    assert.deepEqual(told, [0, ...payloadOf(kind, index)], `${index} after the last fault`);
  }
  await clock.until(device.close());
  await clock.pass(1);
  for (const result of results) judgeToy(plan, bmc, result);
  judgeToyExecutions(bmc);
  bmc.assertQuiet();
  assert.equal(clock.pending, 0, 'timers left');
}

/** Lives through each plan from `first` on; a failure names its seed. */
export async function liveToys(first: number, count: number): Promise<number> {
  let lives = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const plan = toyPlanOf(seed);
    try {
      await liveToy(plan);
      lives += 1;
    } catch (cause) {
      const faults = plan.faults.map((fault: ToyFault) => JSON.stringify(fault)).join('\n  ');
      throw new Error(`SEED=${seed}:\n  ${faults}\n${String(cause)}`, { cause });
    }
  }
  return lives;
}

async function openAtLast(bmc: ToyBmc, clock: VirtualClock, worsen?: Worsen): Promise<Device> {
  for (let opening = 1; ; opening += 1) {
    const device = toyDevice(bmc, clock, { worsen });
    try {
      await clock.until(device.bringUp('full', bringUpOptions(clock)));
      return device;
    } catch (error) {
      await clock.until(device.close());
      const isAway = error instanceof IpmiError && AWAY.includes(error.code);
      if (!isAway || opening === OPENINGS_MAX) throw error;
    }
  }
}

interface Question {
  readonly device: Device;
  readonly clock: VirtualClock;
  readonly plan: ToyPlan;
  readonly index: number;
}

/** Makes one request when its time has come. */
async function ask({ device, clock, plan, index }: Question): Promise<ToyResult> {
  const request = plan.requests[index];
  if (request === undefined) throw new Error('bug: no such request');
  const { atMs, kind, timeoutMs, abortAfterMs = Infinity } = request;
  await new Promise<void>((resolve) => {
    clock.timer(atMs - clock.now(), resolve);
  });
  const fromMs = clock.now();
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
  };
  const cancel = abortAfterMs < Infinity ? clock.timer(abortAfterMs, abort) : undefined;
  const { signal } = controller;
  const asked = device.request(messageOf(kind, index), { timeoutMs, signal });
  const outcome = await asked.catch((error: unknown) => {
    if (error instanceof IpmiError) return error;
    throw error;
  });
  cancel?.();
  return { index, outcome, fromMs, toMs: clock.now() };
}
