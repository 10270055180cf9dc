/** The check that resets the BMC once. */

import { describe, expect, test } from 'vitest';

import type { SimOptions } from '../../../src/sim/bmc.ts';
import { Skipped } from '../../../src/smoke/check.ts';
import { NOT_WEDGED } from '../../../src/smoke/checks/not-wedged.ts';
import { RESET } from '../../../src/smoke/checks/reset.ts';
import { Bench, MACHINES } from '../../support/wire-bench.ts';

const KINDS = [
  ['warm', 0x03],
  ['cold', 0x02],
  ['interface', undefined],
] as const;

describe.each(MACHINES)('%s', (_, options) => {
  test.each(KINDS)('comes back from a reset of kind %s, which is sent once', async (reset, cmd) => {
    const sim = { ...options.sim, restartMs: 20_000, mayReset: true };
    const bench = new Bench({ ...options, sim, choices: { reset } });

    const { slugs, warnings, facts, measured } = await bench.run(RESET);

    expect([slugs, warnings, facts]).toEqual([[], [], { reset }]);
    expect(measured['back-after']).toBeGreaterThan(19);
    expect(measured['back-after']).toBeLessThan(25);
    const resets = bench.bmc.executed.filter((one) => one.cmd === 0x02 || one.cmd === 0x03);
    expect(resets.map((one) => one.cmd)).toEqual(cmd === undefined ? [] : [cmd]);
    // That the BMC was lost is explained.
    expect(await bench.slugsOf(NOT_WEDGED)).toEqual([]);
  });
});

test('nothing is reset unasked', async () => {
  const bench = new Bench();

  const skipped = await bench.clock.until(RESET.run(bench.means).catch((error: unknown) => error));

  expect(skipped).toBeInstanceOf(Skipped);
  expect((skipped as Skipped).isAllowed).toBe(true);
  expect([bench.bmc.executed, bench.bmc.writes]).toEqual([[], 0]);
});

test('a BMC that refuses is found', async () => {
  const sim: SimOptions = { answer: ({ cmd }) => (cmd === 0x03 ? [0xd4] : undefined) };
  const bench = new Bench({ sim, choices: { reset: 'warm' } });

  const { slugs, texts } = await bench.run(RESET);

  expect(slugs).toEqual(['bt-reset']);
  expect(texts[0]).toMatch(/^the BMC refused the warm reset with 0xd4 \(Insufficient privilege/);
});

test('a BMC that does not come back is found', async () => {
  const bench = new Bench({ sim: { restartMs: 3_600_000 }, choices: { reset: 'cold' } });

  const { slugs, texts } = await bench.run(RESET);

  expect(slugs).toEqual(['bt-reset']);
  expect(texts[0]).toMatch(/^the BMC did not come back from a cold reset: .* remove the power/);
});

test('a BMC that comes back otherwise is found', async () => {
  let isReset = false;
  const sim: SimOptions = {
    restartMs: 1000,
    answer: ({ cmd }) => {
      isReset ||= cmd === 0x02;
      if (isReset && cmd === 0x36) return [0, 1, 64, 64, 5, 1];
      return isReset && cmd === 0x01 ? [0, 0x20, 1, 2, 0x36, 2, 0, 0, 0, 0, 0, 0] : undefined;
    },
  };
  const bench = new Bench({ sim, choices: { reset: 'cold' } });

  const { slugs, texts, warnings } = await bench.run(RESET);

  expect(slugs).toEqual(['bt-capabilities-changed']);
  expect(texts[0]).toContain('"inputBytes":255');
  expect(texts[0]).toContain('"inputBytes":64');
  expect(warnings[0]).toMatch(
    /^bt-reset: another BMC, or other firmware, came back \(2\.35, 2\.36\)/,
  );
});

test('a reset whose answer does not come may have been done', async () => {
  const sim: SimOptions = { answer: ({ cmd }) => (cmd === 0x03 ? 'drop' : undefined) };
  const bench = new Bench({ sim, choices: { reset: 'warm' } });

  expect(await bench.slugsOf(RESET)).toEqual([]);
  expect(bench.bmc.executed.filter(({ cmd }) => cmd === 0x03)).toHaveLength(1);
});
