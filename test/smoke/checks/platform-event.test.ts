/** The check that sends an event and waits to be told of it. */

import { describe, expect, test } from 'vitest';

import type { SimOptions } from '../../../src/sim/bmc.ts';
import { SIM_EVENT } from '../../../src/sim/commands.ts';
import { PLATFORM_EVENT_CHECK } from '../../../src/smoke/checks/platform-event.ts';
import { Bench, MACHINES } from '../../support/wire-bench.ts';

describe('a sound BMC hands the event on, and its enables are as before:', () => {
  test.each(MACHINES)('%s', async (_, options) => {
    const bench = new Bench(options);

    const { slugs, warnings, measured } = await bench.run(PLATFORM_EVENT_CHECK);

    expect([slugs, warnings]).toEqual([[], []]);
    expect(measured['told-after']).toBeLessThan(500);
    expect(bench.bmc.executed.filter(({ netFn }) => netFn === 4)).toHaveLength(1);
    expect(bench.bmc.globalEnables).toBe(0x08);
    expect(bench.clock.now()).toBeLessThan(1000);
    bench.bmc.assertQuiet();
  });
});

test('an event that no listener is told of is lost', async () => {
  const sim: SimOptions = { answer: ({ netFn }) => (netFn === 4 ? [0] : undefined) };

  const { slugs, texts } = await new Bench({ sim }).run(PLATFORM_EVENT_CHECK);

  expect(slugs).toEqual(['bt-event-lost']);
  expect(texts[0]).toMatch(/^the BMC accepted Platform Event, and 10000 ms later no listener/);
});

test.each([
  ['another program', SIM_EVENT],
  ['an earlier run', [...SIM_EVENT.slice(0, 7), 0x41, 0, 0x04, 0xc0, 0x00, 0x70, 0xa0, 1, 2]],
])('an event of %s is not taken for the one that was sent', async (_, event) => {
  const box: { bench?: Bench } = {};
  const sim: SimOptions = {
    answer: ({ netFn }) => {
      if (netFn !== 4) return undefined;
      box.bench?.bmc.addEvent(event);
      return [0];
    },
  };
  const bench = new Bench({ sim });
  box.bench = bench;

  const { slugs, texts } = await bench.run(PLATFORM_EVENT_CHECK);

  expect(slugs).toEqual(['bt-event-lost']);
  expect(texts[0]).toContain('no listener was told of it; 1 other events came');
});

test('enables that do not become set are found before anything is sent', async () => {
  const sim: SimOptions = { answer: ({ cmd }) => (cmd === 0x2f ? [0, 0x08] : undefined) };
  const bench = new Bench({ sim });

  expect(await bench.slugsOf(PLATFORM_EVENT_CHECK)).toEqual(['bt-enables-lost']);
  expect(bench.bmc.executed.filter(({ netFn }) => netFn === 4)).toHaveLength(0);
});

test('an event of another is taken as well, and told with its bytes', async () => {
  const box: { bench?: Bench } = {};
  const sim: SimOptions = {
    answer: ({ netFn }) => {
      if (netFn === 4) box.bench?.bmc.addEvent(SIM_EVENT);
      return undefined;
    },
  };
  const bench = new Bench({ sim });
  box.bench = bench;

  const { slugs, warnings, evidence } = await bench.run(PLATFORM_EVENT_CHECK);

  expect(slugs).toEqual([]);
  expect(warnings[0]).toMatch(/^bt-event-lost: 1 events of others were taken/);
  expect(evidence).toEqual([Buffer.from(SIM_EVENT).toString('hex')]);
});

test('a BMC that refuses events is skipped, and one that drops them is found', async () => {
  const refusing = new Bench({
    sim: { answer: ({ netFn }) => (netFn === 4 ? [0xc1] : undefined) },
  });
  const dropping = new Bench({
    sim: { answer: ({ netFn }) => (netFn === 4 ? 'drop' : undefined) },
  });

  await expect(refusing.run(PLATFORM_EVENT_CHECK)).rejects.toThrow(
    'does not accept Platform Event',
  );
  expect(await dropping.slugsOf(PLATFORM_EVENT_CHECK)).toEqual(['bt-drops-requests']);
  // A command that changes something is sent once.
  expect(dropping.bmc.executed.filter(({ netFn }) => netFn === 4)).toHaveLength(1);
});
