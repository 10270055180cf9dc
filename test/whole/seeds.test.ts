/**
 * Whole lives of a device under faults, thousands of them, each from a seed. A failure names its
 * seed; a seed that ever failed is in `FAILED_ONCE` for good.
 */

import { expect, test } from 'vitest';

import { commitSeed } from '../support/commit-seed.ts';
import { nonEmpty } from '../support/lists.ts';
import { planOf } from '../support/plan.ts';
import { live } from '../support/simulation.ts';

/** Fewer where the tests run over and over: see `vitest-mutation.config.ts`. */
const SEEDS = Number(process.env['IPMI_BT_LIVES'] ?? 2000);
const A_BATCH = 50;

/** Lives from the seed of the commit. */
const COMMIT_SEEDS = 100;

/** Seeds of former failures. */
const FAILED_ONCE: readonly number[] = [
  1_910_881_020, 1_936_832_177, 5_000_873, 9_000_228, 9_002_004, 9_002_923, 9_003_314, 789_048_069,
  910_698_714, 1_874_198_622, 1_606_828_967, 518_986_877, 880_208_678, 880_211_221, 880_211_334,
];

/** Lives through each; returns how many there were. */
async function liveSeeds(seeds: readonly number[]): Promise<number> {
  for (const seed of seeds) await liveSeed(seed);
  return seeds.length;
}

function seedsFrom(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

async function liveSeed(seed: number): Promise<void> {
  const plan = planOf(seed);
  try {
    await live(plan);
  } catch (cause) {
    const events = [...plan.faults, ...plan.mishaps].map((event) => JSON.stringify(event));
    throw new Error(`SEED=${seed}:\n  ${events.join('\n  ')}\n${String(cause)}`, { cause });
  }
}

const batches = Array.from({ length: SEEDS / A_BATCH }, (_, batch) => batch * A_BATCH);

test.each(batches)('keeps its promises in fifty lives from seed %i', async (first) => {
  expect(await liveSeeds(seedsFrom(first, A_BATCH))).toBe(50);
});

test('keeps its promises in a hundred lives from the seed of this commit', async () => {
  expect(await liveSeeds(seedsFrom(commitSeed(), COMMIT_SEEDS))).toBe(100);
});

test('keeps its promises in lives that once failed', async () => {
  expect(await liveSeeds(nonEmpty(FAILED_ONCE))).toBe(FAILED_ONCE.length);
  expect(new Set(FAILED_ONCE).size).toBe(FAILED_ONCE.length);
});
