/** SMS_ATN that rises again and again: it may hasten the next look, and nothing else. */

import { expect, test } from 'vitest';

import { PAUSE_MS } from '../../src/bmc/event-reader.ts';
import { A_WHILE_MS, countOf, listening } from '../support/listening.ts';
import { least } from '../support/lists.ts';

const [GET_FLAGS, GET_MESSAGE] = [0x31, 0x33];
const DEVICE_ID = { netFn: 0x06, cmd: 0x01 };

/** SMS_ATN rises with each flag that was not set. */
const FLAGS = [0x08, 0x20, 0x40, 0x80];

/** More than the longest pause of a BMC that is in trouble. */
const MINUTES_MS = 600_000;

type Listening = Awaited<ReturnType<typeof listening>>;

/** Raises one more flag, and has a request see it. */
async function rise({ clock, bmc, device }: Listening, flag: number): Promise<void> {
  bmc.raiseFlags(flag);
  await clock.until(device.request(DEVICE_ID));
}

test('a BMC that refuses its flags is not asked sooner for each new one', async () => {
  const bench = await listening({
    answer: ({ cmd }) => (cmd === GET_FLAGS ? [0xc1] : undefined),
  });
  const { clock, device, listener } = bench;
  bench.bmc.raiseFlags(0x01);
  device.on('event', listener);
  await clock.pass(MINUTES_MS);
  const before = countOf(bench, GET_FLAGS);

  for (const flag of FLAGS) {
    await clock.pass(1000);
    await rise(bench, flag);
  }

  // One may be due in these four seconds anyway.
  expect(countOf(bench, GET_FLAGS) - before).toBeLessThanOrEqual(1);
});

test.each([
  ['at first', 0],
  ['later on', A_WHILE_MS],
])('between two reads callers have their turn, whatever SMS_ATN does: %s', async (_, waitMs) => {
  const readAtMs: number[] = [];
  const bench: Listening = await listening({
    answer: ({ cmd }) => {
      if (cmd === GET_MESSAGE) readAtMs.push(bench.clock.now());
      return undefined;
    },
  });
  const { clock, bmc, device, listener } = bench;
  if (waitMs > 0) device.on('event', listener);
  await clock.pass(waitMs);
  for (const flag of FLAGS) bmc.addMessage([0x07, flag]);
  if (waitMs === 0) device.on('event', listener);

  for (const [index, flag] of FLAGS.entries()) {
    while (readAtMs.length <= index) await clock.pass(1);
    await rise(bench, flag);
  }
  await clock.pass(A_WHILE_MS);

  const gaps = readAtMs.slice(1).map((atMs, index) => atMs - (readAtMs[index] ?? 0));
  expect(gaps).toHaveLength(FLAGS.length);
  expect(least(gaps)).toBeGreaterThanOrEqual(PAUSE_MS);
});
