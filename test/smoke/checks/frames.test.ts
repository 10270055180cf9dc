/** The check of every length of a request, and of the longest replies. */

import { describe, expect, test } from 'vitest';

import type { SimOptions } from '../../../src/sim/bmc.ts';
import { SIM_SDRS } from '../../../src/sim/storage-data.ts';
import { FRAMES } from '../../../src/smoke/checks/frames.ts';
import { Bench, MACHINES } from '../../support/wire-bench.ts';
import { offenders } from '../../support/lists.ts';

const STORAGE = 0x0a;

describe('a sound BMC takes all lengths:', () => {
  test.each(MACHINES)('%s', async (_, options) => {
    const bench = new Bench({ ...options, isQuick: false });

    const { slugs, warnings, facts, measured } = await bench.run(FRAMES);

    const hasCapabilities = options.hasInterrupt === true;
    const most = hasCapabilities ? 252 : 60;
    expect([slugs, warnings]).toEqual([[], []]);
    expect(facts).toMatchObject({
      'request-data-max': most,
      'answers-0x0': 1,
      'answers-0xc7': most,
      'sdr-records-read': 5,
      'longest-reply-of': hasCapabilities ? 'Read FRU Data, 250 from 0' : 'Get SDR 0x2',
    });
    expect(measured['longest-reply']).toBe(hasCapabilities ? 251 : 66);
    expect(bench.clock.now()).toBeLessThan(5000);
    bench.bmc.assertQuiet();
  });
});

test('every length reaches the BMC once, and the one behind the last does not', async () => {
  const bench = new Bench({ isQuick: false, sim: { capabilities: [1, 40, 40, 5, 0] } });

  await bench.run(FRAMES);

  const lengths = bench.bmc.executed.filter(({ netFn, cmd }) => netFn === 6 && cmd !== 0x36);
  const sizes = lengths.map(({ data }) => data.length).slice(1, 39);
  expect(sizes).toEqual(Array.from({ length: 38 }, (_, length) => length));
  expect(offenders(lengths, ({ data }) => data.length > 37)).toEqual([]);
});

test('a quick run takes the edges', async () => {
  const bench = new Bench();
  await bench.run(FRAMES);

  const lengths = bench.bmc.executed.filter(({ netFn }) => netFn === 6).slice(2, 19);
  expect(lengths.map(({ data }) => data.length)).toEqual([
    ...[0, 1, 2, 3, 24, 48, 60, 61, 72, 96, 120, 144, 168, 192, 216, 240, 251],
  ]);
});

function storage(answers: Readonly<Record<number, readonly number[]>>): SimOptions {
  return { answer: ({ netFn, cmd }) => (netFn === STORAGE ? answers[cmd] : undefined) };
}

describe('what is wrong is found:', () => {
  const [first = []] = SIM_SDRS;

  test.each<[string, SimOptions, string, RegExp]>([
    [
      'long requests are not answered',
      { answer: ({ data }) => (data.length > 100 ? 'drop' : undefined) },
      'bt-frame-refused',
      /^a request of 120 data bytes, of 252 that the BMC says it takes: .*was answered/,
    ],
    [
      'a record is shorter than it says',
      storage({ 0x23: [0, 0xff, 0xff, ...first.slice(0, 9)] }),
      'bt-malformed',
      /^Get SDR 0x0: 9 bytes of a record came, with 58 bytes in its header/,
    ],
    [
      'records go round in a circle',
      storage({ 0x23: [0, 1, 0, ...first] }),
      'bt-malformed',
      /the next record is 0x1, which was read before/,
    ],
    [
      'a SEL entry is cut short',
      storage({ 0x43: [0, 0xff, 0xff, 1, 2, 3] }),
      'bt-malformed',
      /^Get SEL Entry 0x0: an entry has 16 bytes, and 3 came/,
    ],
    [
      'a FRU read has another count than bytes',
      storage({ 0x11: [0, 9, 1, 2, 3] }),
      'bt-malformed',
      /^Read FRU Data, 250 from 0: 3 bytes came, and their count is 9/,
    ],
    [
      'a FRU read gives the same bytes at every offset',
      { answer: ({ netFn, cmd, data }) => sameEverywhere(netFn, cmd, data) },
      'bt-malformed',
      /^Read FRU Data: 250 bytes read at once differ from the same read in two parts/,
    ],
    [
      'a long reply does not come',
      {
        answer: ({ netFn, cmd, data }) =>
          netFn === 10 && cmd === 17 && (data[3] ?? 0) > 64 ? 'drop' : undefined,
      },
      'bt-drops-requests',
      /^Read FRU Data, 250 from 0, a long reply: /,
    ],
  ])('%s', async (_, ...[sim, slug, text]) => {
    const bench = new Bench({ sim });

    const { slugs, texts, evidence } = await bench.run(FRAMES);

    expect(slugs).toContain(slug);
    expect(texts[0]).toMatch(text);
    expect(evidence.length).toBeGreaterThan(0);
  });

  test('the interface is wedged by a long request', async () => {
    let isDead = false;
    const answer: SimOptions['answer'] = ({ data }) => {
      isDead ||= data.length > 200;
      return isDead ? 'drop' : undefined;
    };

    expect(await new Bench({ sim: { answer } }).slugsOf(FRAMES)).toEqual(['bt-wedged']);
  });
});

function sameEverywhere(netFn: number, cmd: number, data: Uint8Array) {
  const count = data[3] ?? 0;
  if (netFn !== STORAGE || cmd !== 0x11) return undefined;
  return [0, count, ...Array.from({ length: count }, (_, at) => at)];
}

describe('what a BMC may do is no finding:', () => {
  test.each<[string, SimOptions]>([
    ['it refuses to send a record whole', storage({ 0x23: [0xca] })],
    ['its SEL is empty', storage({ 0x43: [0xcb] })],
    ['it has no FRU', storage({ 0x10: [0xcb] })],
    [
      'it reads no more than 100 bytes of a FRU',
      {
        answer: ({ netFn, cmd, data }) =>
          netFn === 10 && cmd === 17 && (data[3] ?? 0) > 100 ? [0xca] : undefined,
      },
    ],
    ['it has none of these', { answer: ({ cmd }) => (cmd === 1 ? NOTHING : undefined) }],
    [
      'it takes extra bytes',
      { answer: ({ netFn, cmd }) => (netFn === 6 && cmd === 8 ? [0, 1] : undefined) },
    ],
  ])('%s', async (_, sim) => {
    const { slugs } = await new Bench({ sim }).run(FRAMES);

    expect(slugs).toEqual([]);
  });
});

const NOTHING = [0, 0x20, 0x01, 0x02, 0x35, 0x02, 0x00, 0, 0, 0, 0xb7, 0];
