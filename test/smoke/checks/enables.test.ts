/** The check of BMC Global Enables. */

import { describe, expect, test } from 'vitest';

import type { SimOptions } from '../../../src/sim/bmc.ts';
import { ENABLES } from '../../../src/smoke/checks/enables.ts';
import { Bench, MACHINES } from '../../support/wire-bench.ts';

const [SET, GET] = [0x2e, 0x2f];

describe('a sound BMC keeps its enables, which are restored:', () => {
  test.each(MACHINES)('%s', async (_, options) => {
    const bench = new Bench({ ...options, isQuick: false });

    const { slugs, facts } = await bench.run(ENABLES);

    expect([slugs, facts['enables']]).toEqual([[], '0x8']);
    const set = bench.bmc.executed.filter(({ cmd }) => cmd === SET).map(({ data }) => data[0]);
    expect(set).toEqual([0x09, 0x0a, 0x0c, 0x08]);
    expect(bench.bmc.globalEnables).toBe(0x08);
    expect(bench.clock.now()).toBeLessThan(7000);
    bench.bmc.assertQuiet();
  });
});

test('a BMC that ignores them is found', async () => {
  const sim: SimOptions = { answer: ({ cmd }) => (cmd === SET ? [0] : undefined) };

  const { slugs, texts } = await new Bench({ sim }).run(ENABLES);

  expect(slugs).toEqual(['bt-enables-lost']);
  expect(texts[0]).toMatch(
    /^the BMC accepted BMC Global Enables 0x9, and 0 ms later they read 0x8/,
  );
});

test('a BMC that forgets them after a while is found, and restored all the same', async () => {
  let setAtMs = Infinity;
  const sim: SimOptions = {
    answer: ({ cmd, atMs, data }) => {
      if (cmd === SET && data[0] !== 0x08) setAtMs = atMs;
      return cmd === GET && atMs - setAtMs > 200 && atMs - setAtMs < 330 ? [0, 0] : undefined;
    },
  };
  const bench = new Bench({ sim });

  const { slugs, texts } = await bench.run(ENABLES);

  expect(slugs).toEqual(['bt-enables-lost']);
  expect(texts[0]).toContain('300 ms later they read 0x0');
  expect(bench.bmc.globalEnables).toBe(0x08);
});

test('enables that cannot be restored are a finding with the command that does it', async () => {
  const sim: SimOptions = {
    answer: ({ cmd, data }) => (cmd === SET && data[0] === 0x08 ? [0xc0] : undefined),
  };

  const { slugs, texts } = await new Bench({ sim }).run(ENABLES);

  expect(slugs).toEqual(['bt-enables-lost']);
  expect(texts[0]).toMatch(/could not be restored to 0x8: .*; run ipmi-bt raw 0x06 0x2e 0x8$/);
});

test('a change is sent once, and a BMC that drops it is found', async () => {
  const sim: SimOptions = {
    answer: ({ cmd, data }) => (cmd === SET && data[0] === 9 ? 'drop' : undefined),
  };
  const bench = new Bench({ sim });

  expect(await bench.slugsOf(ENABLES)).toEqual(['bt-drops-requests']);
  const sent = bench.bmc.executed.filter(({ cmd, data }) => cmd === SET && data[0] === 9);
  expect(sent).toHaveLength(1);
});

test('a BMC that has none is skipped, and one that refuses a bit is worth a look', async () => {
  const none = new Bench({ sim: { answer: ({ cmd }) => (cmd === GET ? [0xc1] : undefined) } });
  const picky = new Bench({
    sim: { answer: ({ cmd, data }) => (cmd === SET && data[0] === 0x0a ? [0xcc] : undefined) },
  });

  await expect(none.run(ENABLES)).rejects.toThrow('does not tell its global enables: 0xc1');
  const { slugs, warnings } = await picky.run(ENABLES);
  expect([slugs, warnings]).toEqual([
    [],
    [
      'bt-enables-lost: the BMC refuses BMC Global Enables 0xa: 0xcc (Invalid data field in request)',
    ],
  ]);
});

test('the check says beforehand what it changes', () => {
  expect([ENABLES.risk, ENABLES.changes]).toEqual(['write', expect.stringContaining('restores')]);
});
