/**
 * Lives of two and three processes that use one BMC, hundreds of them, each from a seed: they
 * listen and stop, are closed and killed, and callers set enables meanwhile. No event may be lost
 * without being counted, and in the end the enables are as found, but for what a caller has set.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { commitSeed } from '../support/commit-seed.ts';
import { ownSettings } from '../../src/share/settings.ts';
import type { Setting, SettingName, Settings } from '../../src/share/settings.ts';
import { share } from '../support/sharing.ts';
import type { SharingOptions } from '../support/sharing.ts';
import { sharingPlanOf } from '../support/sharing-plan.ts';

/** Fewer where the tests run over and over: see `vitest-mutation.config.ts`. */
const SEEDS = Math.min(Number(process.env['IPMI_BT_LIVES'] ?? 200), 200);
const A_BATCH = 50;

/** Seeds of former failures. */
const FAILED_ONCE: readonly number[] = [1_135_915_252];

const GET_ENABLES = 0x2f;

/** Settings that are found on belong to another program, whoever has turned them on. */
function forgetful(honest: Settings): Settings {
  const entries = Object.entries<Setting>(honest).map(([name, setting]) => {
    let wasOn = false;
    const bent: Setting = {
      get isNeeded() {
        return setting.isNeeded;
      },
      need: (isOn) => {
        wasOn = isOn;
        setting.need(isOn);
      },
      release: () => {
        const released = setting.release();
        if (released !== 'ours' || !wasOn) return released;
        setting.settle(false);
        return 'found';
      },
      settle: (isOff) => {
        setting.settle(isOff);
      },
      close: () => {
        setting.close();
      },
    };
    return [name, bent] as const;
  });
  return Object.fromEntries(entries) as Record<SettingName, Setting>;
}

async function liveSeed(seed: number, options: SharingOptions = {}): Promise<void> {
  const plan = sharingPlanOf(seed);
  const folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-'));
  try {
    await share(plan, folder, options);
  } catch (cause) {
    throw new Error(`SEED=${seed}: ${JSON.stringify(plan)}\n${String(cause)}`, { cause });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Lives through a batch of seeds; returns how many there were. */
async function liveSeeds(first: number): Promise<number> {
  let lives = 0;
  for (; lives < A_BATCH; lives += 1) await liveSeed(first + lives);
  return lives;
}

const batches = Array.from({ length: SEEDS / A_BATCH }, (_, batch) => batch * A_BATCH);

test.each(batches)('keeps its promises in fifty shared lives from seed %i', async (first) => {
  expect(await liveSeeds(first)).toBe(50);
});

test('keeps its promises in fifty shared lives from the seed of this commit', async () => {
  expect(await liveSeeds(commitSeed())).toBe(50);
});

test('keeps its promises in shared lives that once failed', async () => {
  for (const seed of FAILED_ONCE) await liveSeed(seed);
  expect(new Set(FAILED_ONCE).size).toBe(FAILED_ONCE.length);
});

test.each<[string, () => SharingOptions, RegExp]>([
  [
    'takes the events from a process that goes on listening',
    () => ({ newSettings: () => ownSettings() }),
    /was not kept for a listener/,
  ],
  [
    'writes the enables back as it has read them long before',
    () => {
      let first: number | undefined;
      return {
        answer: ({ cmd }, bmc) => {
          first ??= bmc.globalEnables;
          return cmd === GET_ENABLES ? [0x00, first] : undefined;
        },
      };
    },
    /BMC Global Enables/,
  ],
  [
    'tells an event in flight to nobody when its listener goes',
    () => ({
      mishear: (listener, isThere) => (event) => {
        if (isThere()) listener(event);
      },
    }),
    /lost: \d/,
  ],
  ['counts no event that it has lost', () => ({ missed: () => 0 }), /lost: \d/],
  [
    'leaves the enables as a process that was killed has left them',
    () => ({ newSettings: (honest) => forgetful(honest) }),
    /BMC Global Enables/,
  ],
])('a driver that %s is found out', async (_, worse, words) => {
  const seeds = Array.from({ length: 60 }, (_, seed) => seed);
  const found = await Promise.allSettled(seeds.map((seed) => liveSeed(seed, worse())));

  const reasons = found.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []));
  expect(reasons.some((reason) => words.test(reason))).toBe(true);
});
