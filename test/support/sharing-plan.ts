/**
 * What happens in one life of several processes that use one BMC: when each listens, how it ends,
 * and what callers set meanwhile. All of it comes from a seed. The BMC has no faults, so that what
 * must come of it is exact.
 */

import { Rng } from '../../src/sim/rng.ts';

/** The time in which processes come and go. */
export const SHARING_MS = 30_000;

/** From the call of a listener on, the BMC keeps events after this time at the latest. */
export const SETTLED_MS = 2500;

/** How a process ends: by close(), by an exit without it, or by SIGKILL. */
export type Ending = 'close' | 'exit' | 'killed';

/** A time in which a process has a listener. */
export interface Spell {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface PlannedProcess {
  readonly spells: readonly Spell[];
  readonly endMs: number;
  readonly ending: Ending;
  /** SIGKILL comes at this port cycle from `endMs` on. */
  readonly atCycle: number;
  /** Requests of its callers. */
  readonly requestsAtMs: readonly number[];
}

/** A caller sends Set BMC Global Enables. */
export interface PlannedSet {
  readonly atMs: number;
  /** Of the process. */
  readonly index: number;
  readonly value: number;
}

export interface SharingPlan {
  readonly seed: number;
  readonly processes: readonly PlannedProcess[];
  readonly sets: readonly PlannedSet[];
  readonly eventsAtMs: readonly number[];
  /** BMC Global Enables before the first process. */
  readonly enables: number;
  readonly responseMs: number;
  readonly showsBusy: boolean;
}

/** Sets of callers are so far apart that their order is sure. */
const SET_EVERY_MS = 8000;

/** The plan of a seed. */
export function sharingPlanOf(seed: number): SharingPlan {
  const rng = new Rng(seed);
  const count = rng.integer(2, 3);
  const processes = Array.from({ length: count }, () => plannedProcess(rng));
  const enables = rng.pick([0x08, 0x08, 0x0c, 0xe8]);
  // What is right is not defined where a caller clears what was set before the first listener.
  const sets = enables === 0x0c ? [] : plannedSets(rng, processes);
  const events = Array.from({ length: rng.integer(10, 30) }, () => rng.integer(0, SHARING_MS));
  // Just before a listener goes, so that some are in flight then.
  const last = processes.flatMap(({ spells }) => spells.map(({ toMs }) => toMs));
  const close = last.map((toMs) => Math.max(0, toMs - rng.integer(0, 250)));
  const exits = processes.flatMap(({ ending, endMs }) => (ending === 'exit' ? [endMs] : []));
  return {
    seed,
    processes,
    sets,
    eventsAtMs: [...events, ...close, ...exits].toSorted((a, b) => a - b),
    enables,
    responseMs: rng.pick([0, 1, 20, 60, 120]),
    showsBusy: rng.chance(50),
  };
}

function plannedProcess(rng: Rng): PlannedProcess {
  const times = Array.from({ length: 2 * rng.integer(1, 3) }, () => rng.integer(0, SHARING_MS));
  times.sort((a, b) => a - b);
  const spells: Spell[] = [];
  for (let at = 0; at < times.length; at += 2) {
    spells.push({ fromMs: times[at] ?? 0, toMs: times[at + 1] ?? 0 });
  }
  const lastMs = times.at(-1) ?? 0;
  return {
    spells,
    // At its last spell's end, or within it, or later.
    endMs: rng.chance(50)
      ? Math.max(lastMs - 500, times.at(-2) ?? 0)
      : rng.integer(lastMs, SHARING_MS),
    ending: rng.pick(['close', 'close', 'exit', 'killed']),
    atCycle: rng.integer(1, 400),
    requestsAtMs: Array.from({ length: rng.integer(0, 10) }, () => rng.integer(0, SHARING_MS)),
  };
}

/** The bit that listeners need is set by a caller only while a listener has it set anyway. */
function plannedSets(rng: Rng, processes: readonly PlannedProcess[]): readonly PlannedSet[] {
  const sets: PlannedSet[] = [];
  for (let startMs = 0; startMs < SHARING_MS; startMs += SET_EVERY_MS) {
    if (rng.chance(50)) continue;
    const begins = processes.flatMap(({ spells }) => spells.map(({ fromMs }) => fromMs));
    const near = begins.filter((fromMs) => fromMs >= startMs && fromMs < startMs + 4000);
    // At the moment a listener comes, so that both are with the BMC at the same time.
    const atMs = near.length > 0 ? rng.pick(near as [number]) : startMs + rng.integer(0, 4000);
    const index = rng.integer(0, processes.length - 1);
    if ((processes[index]?.endMs ?? 0) <= atMs + SETTLED_MS) continue;
    const isHeld = processes.some((one) => isSettled(one, { fromMs: atMs, toMs: atMs + 2000 }));
    const bit = isHeld && rng.chance(50) ? 0x04 : 0;
    sets.push({ atMs, index, value: rng.pick([0x20, 0x40, 0xa8, 0x88]) | bit });
  }
  return sets;
}

/** True when the process listens all that time, and since a while before. */
export function isSettled({ spells, endMs }: PlannedProcess, { fromMs, toMs }: Spell): boolean {
  return spells.some(
    (one) => one.fromMs + SETTLED_MS <= fromMs && toMs < Math.min(one.toMs, endMs),
  );
}
