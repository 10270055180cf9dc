/** The check that adds an entry to the SEL. */

import { describe, expect, test } from 'vitest';

import type { SimOptions } from '../../../src/sim/bmc.ts';
import { SEL_ENTRY } from '../../../src/smoke/checks/sel-entry.ts';
import { Bench, MACHINES } from '../../support/wire-bench.ts';

const [INFO, GET, ADD] = [0x40, 0x43, 0x44];

function storage(answers: Readonly<Record<number, readonly number[] | 'drop'>>): SimOptions {
  return { answer: ({ netFn, cmd }) => (netFn === 0x0a ? answers[cmd] : undefined) };
}

describe('a sound BMC keeps the entry, which is marked:', () => {
  test.each(MACHINES)('%s', async (_, options) => {
    const bench = new Bench(options);

    const { slugs, facts } = await bench.run(SEL_ENTRY);

    expect([slugs, facts]).toEqual([[], { 'sel-entries': 2, 'sel-entry': '0x3' }]);
    const added = bench.bmc.executed.filter(({ cmd }) => cmd === ADD);
    expect(added.map(({ data }) => Buffer.from(data.subarray(10, 14)).toString())).toEqual([
      'ipmi',
    ]);
    expect(bench.clock.now()).toBeLessThan(200);
    bench.bmc.assertQuiet();
  });
});

test.each<[string, SimOptions, string, RegExp]>([
  [
    'reads back as another',
    storage({ [GET]: [0, 0xff, 0xff, 3, 0, 0xc0, ...Array<number>(13).fill(7)] }),
    'bt-sel',
    /^Get SEL Entry 0x3: the entry was added as 000000[0-9a-f]+ and read back as ffff/,
  ],
  ['is not there', storage({ [GET]: [0xcb] }), 'bt-sel', /read back as 0xcb/],
  ['is refused', storage({ [ADD]: [0xc4] }), 'bt-sel', /does not add an entry .*Out of space/],
  ['gets no number', storage({ [ADD]: [0] }), 'bt-sel', /does not add an entry/],
  ['is dropped', storage({ [ADD]: 'drop' }), 'bt-drops-requests', /^Add SEL Entry: /],
  [
    'does not count',
    storage({ [INFO]: [0, 0x51, 2, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 2] }),
    'bt-sel',
    /^the SEL had 2 entries before one was added, and 2 then/,
  ],
  [
    'finds a full SEL',
    storage({ [INFO]: [0, 0x51, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x82] }),
    'bt-sel',
    /^the SEL is full with 2 entries: events are lost/,
  ],
  ['finds a SEL of few words', storage({ [INFO]: [0, 0x51] }), 'bt-malformed', /^Get SEL Info: 1 /],
])('an entry that %s is found', async (_, ...[sim, slug, text]) => {
  const bench = new Bench({ sim });

  const { slugs, texts } = await bench.run(SEL_ENTRY);

  expect(slugs).toEqual([slug]);
  expect(texts[0]).toMatch(text);
  expect(bench.bmc.executed.filter(({ cmd }) => cmd === ADD).length).toBeLessThan(2);
});

test('a BMC without a SEL is skipped', async () => {
  const bench = new Bench({ sim: storage({ [INFO]: [0xc1] }) });

  await expect(bench.run(SEL_ENTRY)).rejects.toThrow('the BMC has no SEL: 0xc1 (Invalid command)');
});
