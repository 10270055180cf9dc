/** The check of the pace of requests. */

import { describe, expect, test } from 'vitest';

import type { SimOptions } from '../../../src/sim/bmc.ts';
import { PACE } from '../../../src/smoke/checks/pace.ts';
import { Bench, MACHINES } from '../../support/wire-bench.ts';

describe('a sound BMC answers at any pace:', () => {
  test.each(MACHINES)('%s', async (_, options) => {
    const bench = new Bench({ ...options, isQuick: false });

    const { slugs, measured } = await bench.run(PACE);

    expect(slugs).toEqual([]);
    expect(measured['back-to-back']).toBeGreaterThan(80);
    const numbers = bench.bmc.executed.map(({ seq }) => seq);
    expect(new Set(numbers).size).toBe(256);
    expect(numbers.length).toBeGreaterThan(640);
    expect(bench.clock.now()).toBeLessThan(30_000);
    bench.bmc.assertQuiet();
  });

  test('in a quick run, which has no long gaps', async () => {
    const bench = new Bench();

    expect(await bench.slugsOf(PACE)).toEqual([]);
    expect(bench.clock.now()).toBeLessThan(2000);
  });
});

/** Answers otherwise when the last command was some time ago. */
function afterGap(gapMs: number): SimOptions {
  let lastMs = Infinity;
  return {
    answer: ({ atMs }) => {
      // The attempt takes 11 s, which is longer than it sleeps.
      const isLong = atMs - lastMs >= gapMs && atMs - lastMs < 10_900;
      lastMs = atMs;
      return isLong ? 'drop' : undefined;
    },
  };
}

test('a BMC that falls asleep is found, with the gap', async () => {
  const bench = new Bench({ sim: afterGap(4000), isQuick: false });

  const { slugs, texts } = await bench.run(PACE);

  expect(slugs).toEqual(['bt-pace', 'bt-pace']);
  expect(texts[0]).toMatch(/^a request after a gap of 5000 ms: .*the BMC took the request and did/);
});

test('a BMC that drops each 50th request is found', async () => {
  const bench = new Bench({
    isQuick: false,
    sim: { answer: ({ seq }) => (seq % 50 === 49 ? 'drop' : undefined) },
  });

  const { slugs, texts } = await bench.run(PACE);

  expect(slugs).toEqual(['bt-pace', 'bt-pace', 'bt-pace']);
  expect(texts[0]).toMatch(/^request 48 of 600, back to back: /);
});

test('a BMC that wedges after 300 requests is found, and asked no further', async () => {
  let taken = 0;
  const sim: SimOptions = { answer: () => ((taken += 1) > 300 ? 'drop' : undefined) };
  const bench = new Bench({ sim, isQuick: false });

  const { slugs, texts } = await bench.run(PACE);

  expect(slugs).toEqual(['bt-wedged']);
  expect(texts[0]).toMatch(/^request 299 of 600, back to back: .* The interface is wedged/);
});

test('an answer that is not that of the others is found', async () => {
  let taken = 0;
  const sim: SimOptions = { answer: () => ((taken += 1) === 20 ? [0, 1, 2, 3] : undefined) };

  const { slugs, texts } = await new Bench({ sim }).run(PACE);

  expect(slugs).toEqual(['bt-wrong-answer']);
  expect(texts[0]).toMatch(/^request 18 of 40, back to back, got 010203 instead of 2001/);
});
