/** The check that abandons requests. */

import { describe, expect, test } from 'vitest';

import type { SimOptions } from '../../../src/sim/bmc.ts';
import { Skipped } from '../../../src/smoke/check.ts';
import { ABANDON } from '../../../src/smoke/checks/abandon.ts';
import { NOT_WEDGED } from '../../../src/smoke/checks/not-wedged.ts';
import { SIM_FRU } from '../../../src/sim/storage-data.ts';
import { Bench, MACHINES } from '../../support/wire-bench.ts';

describe('behind a sound BMC the next request gets its own answer:', () => {
  test.each(MACHINES)('%s', async (_, options) => {
    const bench = new Bench({ ...options, isQuick: false });

    const { slugs, measured } = await bench.run(ABANDON);

    expect(slugs).toEqual([]);
    expect(measured['abandoned']).toBeGreaterThan(30);
    expect(bench.clock.now()).toBeLessThan(3000);
    // The answers that were dropped are explained.
    expect(await bench.slugsOf(NOT_WEDGED)).toEqual([]);
    bench.bmc.assertQuiet();
  });
});

/** Answers a FRU read with the bytes of the read before, once the replies are known. */
function mixedUp(): SimOptions {
  let [taken, before] = [0, 0];
  return {
    answer: ({ netFn, cmd, data }) => {
      taken += 1;
      if (netFn !== 0x0a || cmd !== 0x11) return undefined;
      const offset = before;
      before = data[1] ?? 0;
      return taken > 80 ? [0, 16, ...SIM_FRU.subarray(offset, offset + 16)] : undefined;
    },
  };
}

test('a BMC that gives the answer of the request before is found', async () => {
  const bench = new Bench({ sim: mixedUp(), isQuick: false });

  const { slugs, texts, evidence } = await bench.run(ABANDON);

  expect(slugs.length).toBeGreaterThan(0);
  expect(slugs.filter((slug) => slug !== 'bt-stale' && slug !== 'bt-wrong-answer')).toHaveLength(0);
  expect(slugs).toContain('bt-stale');
  expect(texts.join('\n')).toContain('which is the answer to the one that was aborted');
  expect(evidence.length).toBeGreaterThan(0);
});

test('a BMC that stops when a request was abandoned is wedged', async () => {
  let taken = 0;
  const sim: SimOptions = { answer: () => ((taken += 1) > 80 ? 'drop' : undefined) };

  const { slugs, texts } = await new Bench({ sim, isQuick: false }).run(ABANDON);

  expect(slugs).toEqual(['bt-wedged']);
  expect(texts[0]).toMatch(/, asked after .* was aborted \(\d+ of 50\): /);
});

test('a BMC that takes no time cannot be tested so, which is allowed', async () => {
  const bench = new Bench({ sim: { responseMs: 0 } });

  const running = bench.run(ABANDON);

  await expect(running).rejects.toThrow(Skipped);
  await expect(running).rejects.toMatchObject({ isAllowed: true });
  expect(bench.reported.slugs).toEqual([]);
});

test('a BMC that is silent before is reported as such', async () => {
  const bench = new Bench();
  bench.bmc.fail('drop', { skip: 4, commands: 3 });

  const { slugs, texts } = await bench.run(ABANDON);

  expect(slugs.length).toBeGreaterThan(0);
  expect(texts[0]).toMatch(/^a request before any was abandoned: Get /);
});
