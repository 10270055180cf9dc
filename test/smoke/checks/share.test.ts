/** The check of five processes at once. */

import { describe, expect, test } from 'vitest';

import type { SimOptions } from '../../../src/sim/bmc.ts';
import { SIM_FRU } from '../../../src/sim/storage-data.ts';
import { SHARE } from '../../../src/smoke/checks/share.ts';
import { Bench, MACHINES } from '../../support/wire-bench.ts';

describe('behind a sound BMC each process gets its own answers:', () => {
  test.each(MACHINES)('%s', async (_, options) => {
    const bench = new Bench({ ...options, isQuick: false });

    const { slugs, facts, measured } = await bench.run(SHARE);

    expect(slugs).toEqual([]);
    // Device id, capabilities if there are some, self test, GUID, twelve pieces of FRU, five SDRs.
    expect(facts['different-requests']).toBe(21);
    expect(measured['shared']).toBeGreaterThan(30);
    expect(bench.bmc.executed.length).toBeGreaterThan(300);
    expect(bench.clock.now()).toBeLessThan(10_000);
    bench.bmc.assertQuiet();
  });
});

test('a BMC that mixes up the answers is found', async () => {
  let [taken, before] = [0, 0];
  const answer: SimOptions['answer'] = ({ netFn, cmd, data }) => {
    taken += 1;
    if (netFn !== 0x0a || cmd !== 0x11) return undefined;
    const offset = before;
    before = data[1] ?? 0;
    return taken > 80 ? [0, 16, ...SIM_FRU.subarray(offset, offset + 16)] : undefined;
  };
  const bench = new Bench({ sim: { answer }, isQuick: false });

  const { slugs, texts } = await bench.run(SHARE);

  expect(new Set(slugs)).toEqual(new Set(['bt-shared-wrong']));
  expect(texts[0]).toMatch(
    /^process \d of 5, request \d+, Read FRU Data at \d+, got .* instead of/,
  );
});

test('a BMC that drops requests of some process is found', async () => {
  let taken = 0;
  const answer: SimOptions['answer'] = () => ((taken += 1) === 90 ? 'drop' : undefined);

  expect(await new Bench({ sim: { answer }, isQuick: false }).slugsOf(SHARE)).toEqual([
    'bt-drops-requests',
  ]);
});

test('a BMC that is silent before is no matter of sharing', async () => {
  const bench = new Bench();
  bench.bmc.fail('drop', { skip: 3, commands: 100 });

  const { slugs, texts } = await bench.run(SHARE);

  expect(slugs).toEqual(['bt-wedged']);
  expect(texts[0]).toMatch(/^a request of a process that is alone: /);
});
