/** The longest replies that a BMC has. */

import { expect, test } from 'vitest';

import type { SimOptions } from '../../src/sim/bmc.ts';
import { SIM_FRU } from '../../src/sim/storage-data.ts';
import { longestReplies } from '../../src/smoke/longest-replies.ts';
import { withDevice } from '../../src/smoke/session.ts';
import { Tracer } from '../../src/smoke/tracer.ts';
import { Bench } from '../support/wire-bench.ts';

async function readFrom(sim: SimOptions) {
  const bench = new Bench({ sim, isQuick: false });
  const trace = new Tracer(bench.clock);
  await bench.clock.until(
    withDevice(bench.means, { trace }, (session) => longestReplies(session, trace)),
  );
  return bench;
}

test('records, two SEL entries, and the FRU whole and in two halves', async () => {
  const { bmc, reported } = await readFrom({});

  const reads = bmc.executed.filter(({ netFn }) => netFn === 0x0a);
  expect(reads.map(({ cmd }) => cmd)).toEqual([
    ...[0x23, 0x23, 0x23, 0x23, 0x23, 0x43, 0x43, 0x10, 0x11, 0x11, 0x11],
  ]);
  expect(reads.slice(-3).map(({ data }) => [...data])).toEqual([
    [0, 0, 0, 250],
    [0, 0, 0, 125],
    [0, 125, 0, 125],
  ]);
  expect(reported.measured).toEqual({ 'longest-reply': 251 });
});

test('a FRU that is read by words is read as far as a frame goes', async () => {
  const { bmc, reported } = await readFrom({
    answer: ({ netFn, cmd, data }) => {
      if (netFn !== 0x0a || (cmd !== 0x10 && cmd !== 0x11)) return undefined;
      if (cmd === 0x10) return [0, 0x00, 0x02, 0x01];
      const [from, count] = [2 * (data[1] ?? 0), data[3] ?? 0];
      return [0, count, ...SIM_FRU.subarray(from, from + 2 * count)];
    },
  });

  expect(reported.slugs).toEqual([]);
  const counts = bmc.executed.filter(({ cmd }) => cmd === 0x11).map(({ data }) => data[3]);
  expect(counts).toEqual([125, 62, 63]);
});

test('a BMC that reads less at a time is asked for half as much each time', async () => {
  const { bmc, reported } = await readFrom({
    answer: ({ netFn, cmd, data }) =>
      netFn === 0x0a && cmd === 0x11 && (data[3] ?? 0) > 40 ? [0xca] : undefined,
  });

  expect(reported.slugs).toEqual([]);
  const counts = bmc.executed.filter(({ cmd }) => cmd === 0x11).map(({ data }) => data[3]);
  expect(counts).toEqual([250, 125, 62, 31, 15, 16]);
  expect(reported.facts['Read FRU Data, 250 from 0 answers']).toContain('0xca');
});
