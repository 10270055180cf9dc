/** The check of the time for which accesses hold the event loop. */

import { describe, expect, test } from 'vitest';

import type { PortIo } from '../../../src/port/port.ts';
import type { VirtualClock } from '../../../src/sim/virtual-clock.ts';
import { EVENT_LOOP } from '../../../src/smoke/checks/event-loop.ts';
import { slowPort } from '../../../src/smoke/faulty-machines.ts';
import { Bench, MACHINES } from '../../support/wire-bench.ts';
import type { BenchOptions } from '../../support/wire-bench.ts';

/** Ports on which each access takes so long. */
function slow(accessMs: number): NonNullable<BenchOptions['wrap']> {
  return (port, clock) => slowPort(port, clock, accessMs);
}

describe('ports as fast as usual leave the loop to other work:', () => {
  test.each(MACHINES)('%s', async (_, options) => {
    const bench = new Bench({ ...options, isQuick: false, wrap: slow(0.0045) });

    const { slugs, measured } = await bench.run(EVENT_LOOP);

    expect(slugs).toEqual([]);
    expect(measured['longest-hold']).toBeGreaterThan(0.1);
    expect(measured['longest-hold']).toBeLessThan(3);
    expect(measured['access']).toBeGreaterThan(3);
    expect(measured['access']).toBeLessThan(6);
    expect(bench.clock.now()).toBeLessThan(3000);
    bench.bmc.assertQuiet();
  });
});

test('a port that is slow is found, with the time of an access', async () => {
  const bench = new Bench({ wrap: slow(0.5) });

  const { slugs, texts } = await bench.run(EVENT_LOOP);

  expect(new Set(slugs)).toEqual(new Set(['bt-slow-port']));
  expect(texts[0]).toMatch(
    /^\d+ register accesses in one turn .* took \d+\.\d ms, 4\d\d\.\d us each/,
  );
});

test('a single long hold is a warning: the host ran another process', async () => {
  let accesses = 0;
  const wrap = (port: PortIo, clock: VirtualClock): PortIo => ({
    ...slow(0)(port, clock),
    outb: (at, value) => {
      accesses += 1;
      if (accesses === 60) clock.skip(30);
      port.outb(at, value);
    },
  });
  const { slugs, warnings } = await new Bench({ wrap }).run(EVENT_LOOP);

  expect([slugs, warnings.length]).toEqual([[], 1]);
  expect(warnings[0]).toMatch(/^bt-slow-port: \d+ register accesses .*; [01] of \d+ turns were/);
});

test('nor is it the port when a BMC answers so fast that there are few turns', async () => {
  let accesses = 0;
  const wrap = (port: PortIo, clock: VirtualClock): PortIo => ({
    ...slow(0)(port, clock),
    readBytes: (...words) => {
      accesses += 1;
      if (accesses === 8) clock.skip(30);
      port.readBytes(...words);
    },
  });
  const bench = new Bench({ wrap, isQuick: true, sim: { responseMs: 0 } });
  const { slugs, warnings } = await bench.run(EVENT_LOOP);

  expect(slugs).toEqual([]);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/; 1 of [2-9] turns were so long$/);
});

test('a BMC that does not answer is found', async () => {
  const bench = new Bench();
  bench.bmc.fail('drop', { skip: 6 });

  expect(await bench.slugsOf(EVENT_LOOP)).toEqual(['bt-drops-requests']);
});

test('a BMC without a FRU is asked for its device id alone', async () => {
  const answer = ({ cmd }: { readonly cmd: number }) => (cmd === 0x10 ? [0xcb] : undefined);
  const bench = new Bench({ sim: { answer } });

  expect(await bench.slugsOf(EVENT_LOOP)).toEqual([]);
  expect(bench.bmc.executed.filter(({ cmd }) => cmd === 0x11)).toHaveLength(0);
});
