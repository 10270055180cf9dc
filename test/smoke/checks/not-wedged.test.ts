/** The last check: a fresh process, and the counters of all devices before. */

import { describe, expect, test } from 'vitest';

import { LATENCY } from '../../../src/smoke/checks/latency.ts';
import { NOT_WEDGED } from '../../../src/smoke/checks/not-wedged.ts';
import { PACE } from '../../../src/smoke/checks/pace.ts';
import { Bench, MACHINES } from '../../support/wire-bench.ts';

describe('after sound checks nothing is unexplained:', () => {
  test.each(MACHINES)('%s', async (_, options) => {
    const bench = new Bench(options);
    await bench.run(LATENCY);
    await bench.run(PACE);

    const { slugs, measured } = await bench.run(NOT_WEDGED);

    expect(slugs).toEqual([]);
    expect(measured).toMatchObject({ staleReplies: 0, longTimeouts: 0, retries: 0 });
    expect(measured['fresh-process']).toBeLessThan(15);
    bench.bmc.assertQuiet();
  });
});

test('stale frames that every check has dropped are found', async () => {
  const bench = new Bench();
  bench.bmc.fail('stale', { skip: 10, commands: 7 });
  expect(await bench.slugsOf(LATENCY)).toEqual([]);

  const { slugs, texts } = await bench.run(NOT_WEDGED);

  expect(slugs).toEqual(['bt-stale']);
  expect(texts[0]).toMatch(
    /^7 responses came that answered no request .* \(counter staleReplies\)/,
  );
});

test('requests that the library has repeated are found', async () => {
  const bench = new Bench();
  bench.bmc.fail('drop');
  expect(await bench.slugsOf(PACE)).toEqual([]);

  expect(await bench.slugsOf(NOT_WEDGED)).toEqual(['bt-unexplained']);
});

test('a request whose loss a check has reported is explained', async () => {
  const bench = new Bench();
  bench.bmc.fail('drop', { skip: 5 });
  await bench.run(LATENCY);
  bench.reported.slugs.length = 0;

  expect(await bench.slugsOf(NOT_WEDGED)).toEqual([]);
});

test.each([
  [1400, []],
  [1600, [expect.stringMatching(/^bt-late: an answer took 1\.6 s during .*; read the log of the/)]],
])('an answer that came %i ms late, and that no check is red for, is told', async (byMs, told) => {
  const bench = new Bench();
  bench.bmc.fail('late', { skip: 10, byMs });
  await bench.run(PACE);
  const before = bench.reported.warnings.length;

  const { slugs, warnings, measured } = await bench.run(NOT_WEDGED);

  expect(slugs).toEqual([]);
  expect(warnings.slice(before)).toEqual(told);
  expect(measured['answer-max']).toBeGreaterThan(byMs);
});

test('a BMC that is silent is wedged', async () => {
  const bench = new Bench();
  bench.bmc.fail('silent');

  const { slugs, texts } = await bench.run(NOT_WEDGED);

  expect(slugs).toEqual(['bt-wedged']);
  expect(texts[0]).toContain('find the check that did it');
});

test('a BMC that refuses its device id is not sound', async () => {
  const bench = new Bench({ sim: { answer: () => [0xff] } });

  const { slugs, texts } = await bench.run(NOT_WEDGED);

  expect(slugs).toEqual(['bt-unexplained']);
  expect(texts[0]).toContain('got 0xff (Unspecified error) for the device id');
});
