/** The check that hands requests in while bring-up has one on the wire. */

import { describe, expect, test } from 'vitest';

import type { SimOptions } from '../../../src/sim/bmc.ts';
import { BRING_UP_RACE } from '../../../src/smoke/checks/bring-up-race.ts';
import { Bench, MACHINES } from '../../support/wire-bench.ts';

const [DEVICE_ID, GUID, CAPABILITIES] = [0x01, 0x08, 0x36];

describe('behind a sound BMC each request gets its own answer:', () => {
  test.each(MACHINES)('%s', async (_, options) => {
    const bench = new Bench({ ...options, isQuick: false });

    const { slugs, measured, facts } = await bench.run(BRING_UP_RACE);

    expect(slugs).toEqual([]);
    expect(measured['places']).toBe(50);
    expect(facts['accesses-of-capabilities']).toBeGreaterThan(10);
    expect(bench.clock.now()).toBeLessThan(3000);
    bench.bmc.assertQuiet();
  });
});

test('the requests are handed in while the capabilities are on the wire', async () => {
  const bench = new Bench();
  await bench.run(BRING_UP_RACE);

  // At rest three, one bring-up alone, and six with both requests behind the library's own.
  const order = bench.bmc.executed.map(({ cmd }) => cmd);
  expect(order.slice(0, 6)).toEqual([0x36, 0x01, 0x08, 0x01, 0x36, 0x01]);
  const races = order
    .slice(6)
    .join(' ')
    .match(/54 1 (8 1|1 8)/g);
  expect(races).toHaveLength(6);
});

/** Answers otherwise for a while after the capabilities were asked for. */
function afterCapabilities(answer: NonNullable<SimOptions['answer']>, skip = 1): SimOptions {
  let [askedMs, times] = [-Infinity, 0];
  return {
    answer: (command) => {
      if (command.cmd === CAPABILITIES) [askedMs, times] = [command.atMs, times + 1];
      const isSoon = times > skip && command.atMs - askedMs < 60;
      return isSoon ? answer(command) : undefined;
    },
  };
}

test('a BMC that answers 0xD5 while it starts is found', async () => {
  const sim = afterCapabilities(({ cmd }) => (cmd === GUID ? [0xd5] : undefined));
  const bench = new Bench({ sim });

  const { slugs, texts, evidence } = await bench.run(BRING_UP_RACE);

  expect(new Set(slugs)).toEqual(new Set(['bt-forged-completion']));
  expect(texts[0]).toMatch(/^the BMC answered command 0x8 with 0xd5 .* at accesses \d+ and \d+;/);
  expect(evidence.some((line) => line.includes('BMC2HOST'))).toBe(true);
});

test('an answer that belongs to another request is found', async () => {
  const id = [0, 0x20, 0x01, 0x02, 0x35, 0x02, 0x9f, 0, 0, 0, 0xb7, 0, 1, 2, 3, 4];
  const bench = new Bench({ sim: afterCapabilities(({ cmd }) => (cmd === GUID ? id : undefined)) });

  const { slugs, texts } = await bench.run(BRING_UP_RACE);

  expect(new Set(slugs)).toEqual(new Set(['bt-bring-up-race']));
  expect(texts[0]).toMatch(
    /^Get Device GUID, handed in at register access \d+ of bring-up, got 2001/,
  );
});

test('a request that gets no answer is found, and five findings are enough', async () => {
  const sim = afterCapabilities(({ cmd }) => (cmd === GUID ? 'drop' : undefined));
  const bench = new Bench({ sim, isQuick: false });

  const { slugs, texts } = await bench.run(BRING_UP_RACE);

  expect(slugs).toEqual(Array(5).fill('bt-bring-up-race'));
  expect(texts[0]).toContain('the next request was answered');
});

test('a BMC that is silent at rest is wedged, and no race is run', async () => {
  const bench = new Bench();
  bench.bmc.fail('drop', { skip: 2, commands: 100 });

  expect(await bench.slugsOf(BRING_UP_RACE)).toEqual(['bt-wedged']);
  expect(DEVICE_ID).toBe(bench.bmc.executed.at(-1)?.cmd);
});
