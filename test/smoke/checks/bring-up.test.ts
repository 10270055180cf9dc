/** The check that brings the interface up again and again. */

import { describe, expect, test } from 'vitest';

import { BRING_UP } from '../../../src/smoke/checks/bring-up.ts';
import { Bench, MACHINES } from '../../support/wire-bench.ts';

describe('a sound BMC comes up every time:', () => {
  test.each(MACHINES)('%s', async (_, options) => {
    const bench = new Bench({ ...options, isQuick: false });

    const { slugs, warnings, lists, spans, measured } = await bench.run(BRING_UP);

    expect([slugs, warnings]).toEqual([[], []]);
    expect(lists['bring-up']).toHaveLength(100);
    const bringUps = spans.filter(({ name }) => name.startsWith('bring-up'));
    expect(bringUps).toHaveLength(100);
    expect(bringUps.at(-1)).toMatchObject({ name: 'bring-up 100', isFailed: false });
    expect(measured).toMatchObject({ failures: 0, 'not-ready-answers': 0 });
    expect(measured['bring-up-p50']).toBeGreaterThan(20);
    expect(measured['bring-up-max']).toBeLessThan(30);
    // The full run of all checks has three minutes, behind a BMC like this.
    expect(bench.clock.now()).toBeLessThan(3000);
    bench.bmc.assertQuiet();
  });
});

test('bring-ups that fail now and then are counted, with what each said', async () => {
  const bench = new Bench({ isQuick: false });
  bench.bmc.fail('silent', { inMs: 40, forMs: 35_000 });
  bench.bmc.fail('silent', { inMs: 50_100, forMs: 35_000 });

  const { slugs, texts, spans, evidence, measured } = await bench.run(BRING_UP);

  expect(slugs).toEqual(['bt-bring-up']);
  expect(measured['failures']).toBe(1);
  const failed = spans.filter(({ isFailed }) => isFailed);
  expect(failed).toMatchObject([{ name: 'bring-up 3' }, { name: 'waitReply' }]);
  expect(texts[0]).toMatch(/^1 of 100 bring-ups failed \(number 3\): the BMC does not answer/);
  expect(evidence.some((line) => line.includes('H2B_ATN'))).toBe(true);
});

test('the states of the first bring-up and of the longest are shown, at their times', async () => {
  const bench = new Bench();
  bench.bmc.fail('late', { skip: 9, byMs: 2000 });

  const { spans } = await bench.run(BRING_UP);

  const bringUps = spans.filter(({ name }) => name.startsWith('bring-up'));
  const longest = bringUps.find(({ fromMs, toMs }) => toMs - fromMs > 2000);
  const late = spans.filter(
    ({ name, fromMs, toMs }) => name === 'waitReply' && toMs - fromMs > 2000,
  );
  expect(late).toHaveLength(1);
  expect(late[0]?.fromMs).toBeGreaterThan(longest?.fromMs ?? Infinity);
  expect(late[0]?.toMs).toBeLessThanOrEqual(longest?.toMs ?? 0);
  const states = spans.filter(({ name }) => name.startsWith('wait'));
  expect(new Set(states.map(({ name }) => name))).toEqual(
    new Set(['waitReady', 'waitReply', 'waitClear']),
  );
  const shown = bringUps.filter(({ fromMs, toMs }) =>
    states.some((state) => state.fromMs < toMs && state.toMs > fromMs),
  );
  expect(shown).toEqual([bringUps[0], longest]);
});

test('one bring-up that took seconds is told, although it succeeded', async () => {
  const bench = new Bench();
  bench.bmc.fail('late', { skip: 4, byMs: 2000 });

  const { slugs, warnings, measured } = await bench.run(BRING_UP);

  expect(slugs).toEqual([]);
  expect(warnings).toEqual([
    expect.stringMatching(/^bt-late: the longest of 5 bring-ups took 2\.1\d s, .* 0\.0\d s: /),
  ]);
  expect(measured['bring-up-count']).toBe(5);
});

test('an interface that never comes up is given up after three times', async () => {
  const bench = new Bench({ isQuick: false });
  bench.bmc.fail('silent');

  const { slugs, texts, spans } = await bench.run(BRING_UP);

  expect(slugs).toEqual(['bt-bring-up']);
  expect(spans.filter(({ name }) => name.startsWith('bring-up'))).toHaveLength(3);
  expect(texts[0]).toMatch(/^3 of 3 bring-ups failed \(number 1, 2, 3\)/);
});

test('registers that float are no interface', async () => {
  const bench = new Bench();
  bench.bmc.fail('floats');

  const { slugs, texts } = await bench.run(BRING_UP);

  expect(slugs).toContain('bt-bring-up');
  expect(texts[0]).toContain('no BMC at 0xce4');
});

test('a BMC that says 0xD5 at first is worth a look: it comes up', async () => {
  const bench = new Bench();
  bench.bmc.fail('code', { skip: 1, code: 0xd5 });

  const { slugs, warnings } = await bench.run(BRING_UP);

  expect(slugs).toEqual([]);
  expect(warnings[0]).toMatch(/^bt-forged-completion: 1 of 11 answers .* 0xd5 .* command 0x1\./);
});

test('ports that may not be used are no finding of the check', async () => {
  const bench = new Bench({ signal: AbortSignal.abort() });

  await expect(bench.run(BRING_UP)).rejects.toThrow('REQUEST_ABORTED');
});
