/** The check of response times. */

import { describe, expect, test } from 'vitest';

import type { FailureKind, FailureOptions } from '../../../src/sim/bmc.ts';
import type { Slug } from '../../../src/smoke/events.ts';
import { LATENCY, latencyBy } from '../../../src/smoke/checks/latency.ts';
import { fakeFiles } from '../../support/fake-files.ts';
import { Bench, MACHINES } from '../../support/wire-bench.ts';

describe('a sound BMC answers in ten milliseconds:', () => {
  test.each(MACHINES)('%s', async (_, options) => {
    const bench = new Bench({ ...options, isQuick: false });

    const { slugs, warnings, measured, lists, facts } = await bench.run(LATENCY);

    const kinds = options.hasInterrupt === true ? ['polled', 'interrupt'] : ['polled'];
    expect([slugs, warnings]).toEqual([[], []]);
    expect(Object.keys(lists)).toEqual(kinds);
    expect(lists['polled']).toHaveLength(1000);
    const what = ['first', 'p50', 'p99', 'max', 'longest-silence', 'count'];
    const names = kinds.flatMap((kind) => what.map((one) => `${kind}-${one}`));
    expect(Object.keys(measured).sort()).toEqual(names.sort());
    expect(measured['polled-p50']).toBeGreaterThan(9);
    expect(measured['polled-longest-silence']).toBeLessThan(13);
    expect(facts).toMatchObject({
      ...{ 'bmc-firmware': '2.35', 'bmc-manufacturer-id': 0, 'bmc-device-id': 0x20 },
    });
    expect(facts['bmc-guid']).toMatch(/^[0-9a-f]{8}-/);
    expect(bench.clock.now()).toBeLessThan(kinds.length * 12_000);
    bench.bmc.assertQuiet();
  });
});

test('the first answer does not count: the BMC may wake up', async () => {
  const bench = new Bench();
  bench.bmc.fail('late', { byMs: 1030 });

  const { slugs, warnings, measured } = await bench.run(LATENCY);

  expect([slugs, warnings]).toEqual([[], []]);
  expect(measured['polled-first']).toBeGreaterThan(1040);
  expect(measured['polled-max']).toBeLessThan(13);
});

test('a single answer that is late is worth a look', async () => {
  const bench = new Bench({ isQuick: false });
  bench.bmc.fail('late', { skip: 9, byMs: 900 });

  const { slugs, warnings, measured } = await bench.run(LATENCY);

  expect(slugs).toEqual([]);
  expect(warnings[0]).toMatch(/^bt-late: one of 1000 answers, polled, took 9\d\d\.\d ms/);
  expect(measured['polled-longest-silence']).toBeGreaterThan(900);
});

test('answers that are all late are found', async () => {
  const bench = new Bench();
  bench.bmc.fail('late', { commands: 500, byMs: 2000 });

  expect(await bench.slugsOf(LATENCY)).toEqual(['bt-slow']);
});

test('an answer behind the time that the BMC allows itself is late', async () => {
  const bench = new Bench({ sim: { capabilities: [1, 255, 255, 1, 0] } });
  bench.bmc.fail('late', { skip: 20, byMs: 4000 });

  expect(await bench.slugsOf(LATENCY)).toEqual(['bt-late']);
});

describe('a request without an answer is found', () => {
  test.each<[string, FailureKind, FailureOptions, Slug]>([
    ['drops one', 'drop', { skip: 5 }, 'bt-drops-requests'],
    ['answers with a wrong NetFn', 'wrong', { skip: 5, what: 'netFn' }, 'bt-wrong-answer'],
    ['stays busy for a while', 'busy', { inMs: 300, forMs: 20_000 }, 'bt-busy-stuck'],
  ])('when the BMC %s', async (_, ...[kind, options, slug]) => {
    const bench = new Bench();
    bench.bmc.fail(kind, options);

    const { slugs, texts } = await bench.run(LATENCY);

    expect(slugs).toContain(slug);
    expect(texts[0]).toMatch(/^request \d+ of 100, polled: .*the next request was answered/);
  });

  test.each([
    ['stops', 'silent', {}],
    ['has B_BUSY stuck', 'busy', {}],
    ['does not take requests', 'untaken', {}],
  ] as const)('when the BMC %s for good', async (_, kind, options) => {
    const bench = new Bench();
    bench.bmc.fail(kind, { inMs: 300, ...options });

    const { slugs, texts } = await bench.run(LATENCY);

    expect(slugs).toContain('bt-wedged');
    expect(texts[0]).toContain('nor were 2 further requests answered');
  });
});

describe('NUMA nodes', () => {
  const files = fakeFiles({
    '/sys/devices/system/node/node0/cpulist': '0-1023\n',
    '/sys/devices/system/node/node1/cpulist': '1024-2047\n',
    '/sys/devices/system/node/node2/cpulist': '\n',
    '/proc/self/status': 'Name:\tnode\nCpus_allowed_list:\t0-2047\n',
  });
  const choices = { numa: true };

  test('are measured one by one, and the process goes back to its CPUs', async () => {
    const pinned: string[] = [];
    const pin = (cpus: string): undefined => void pinned.push(cpus);
    const bench = new Bench({ files, choices, isSimulated: false });

    const { slugs, lists } = await bench.run(latencyBy(pin));

    expect(slugs).toEqual([]);
    expect(pinned).toEqual(['0-1023', '1024-2047', '0-2047']);
    expect(Object.keys(lists)).toEqual(['polled', 'node0', 'node1']);
    expect(lists['node1']).toHaveLength(50);
  });

  test('are left out where taskset fails, and where the kernel lists none', async () => {
    const failing = latencyBy(() => 'taskset (util-linux) failed: ENOENT');
    const bench = new Bench({ files, choices, isSimulated: false });
    const other = new Bench({ choices, isSimulated: false });

    const { warnings } = await bench.run(failing);

    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toContain('node0 was not measured, because taskset (util-linux) failed');
    expect((await other.run(failing)).warnings[0]).toContain('does not list the CPUs');
  });

  test('of a simulated machine are none', async () => {
    const bench = new Bench({ files, choices });

    expect((await bench.run(LATENCY)).facts['numa']).toContain('not measured');
  });
});
