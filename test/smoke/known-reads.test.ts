/** Requests whose replies are known. */

import { expect, test } from 'vitest';

import type { SimOptions } from '../../src/sim/bmc.ts';
import { knownReads } from '../../src/smoke/known-reads.ts';
import { replyText, withDevice } from '../../src/smoke/session.ts';
import { Bench } from '../support/wire-bench.ts';

async function readsOf(sim: SimOptions) {
  const bench = new Bench({ sim });
  return await bench.clock.until(withDevice(bench.means, {}, knownReads));
}

async function namesOf(sim: SimOptions): Promise<readonly string[]> {
  const reads = await readsOf(sim);
  return 'kind' in reads ? [reads.text] : reads.map(({ name }) => name);
}

test('no two replies are alike', async () => {
  const reads = await readsOf({});
  const replies = 'kind' in reads ? [] : reads.map(({ reply }) => replyText(reply));

  expect(replies).toHaveLength(21);
  expect(new Set(replies).size).toBe(21);
});

test('what a BMC does not have is not asked for', async () => {
  const id = [0, 0x20, 0x01, 0x02, 0x35, 0x02, 0x00, 0, 0, 0, 0xb7, 0];
  const names = await namesOf({ answer: ({ cmd }) => (cmd === 1 ? id : undefined) });

  expect(names).toHaveLength(4);
  expect(names[0]).toBe('Get Device ID');
});

test('a BMC without a FRU or an SDR has fewer', async () => {
  const without = (cmd: number): SimOptions => ({
    answer: (command) => (command.netFn === 0x0a && command.cmd === cmd ? [0xcb] : undefined),
  });

  expect(await namesOf(without(0x10))).toHaveLength(9);
  expect(await namesOf(without(0x23))).toHaveLength(16);
});

test('a reply that changes is not known', async () => {
  let times = 0;
  const names = await namesOf({
    answer: ({ cmd }) => (cmd === 4 ? [0, 0x55, times++] : undefined),
  });

  expect(names).not.toContain('Get Self Test Results');
});

test.each([
  [0x10, 'Get FRU Inventory Area Info: '],
  [0x23, 'Get SDR: '],
  [0x08, 'Get Device GUID: '],
  [0x11, 'Read FRU Data at 0: '],
])('a request that is dropped, 0x%s, is told by its name', async (dropped, name) => {
  const [text] = await namesOf({ answer: ({ cmd }) => (cmd === dropped ? 'drop' : undefined) });

  expect(text).toContain(name);
});
