/** Requests and answers by which an interface asks its BMC more, and those by which it does not. */

import { describe, expect, test } from 'vitest';

import { IPMB_EXPECTED, ipmbAnswer } from '../support/ipmb-answer.ts';
import { interfaceBench } from '../support/interface-bench.ts';

const [DEVICE_ID, SET_ENABLES, GET_ENABLES, GET_CAPABILITIES] = [0x01, 0x2e, 0x2f, 0x36];
const ONCE = { retries: 0, internal: false } as const;
/** Request data that every BMC takes: its smallest buffer has 64 bytes, 4 of them the header. */
const SURE_BYTES = 60;

/** The commands that the BMC executes while `act` runs, and half a minute more. */
async function executedBy(
  { clock, bmc }: Pick<Awaited<ReturnType<typeof interfaceBench>>, 'clock' | 'bmc'>,
  act: () => Promise<unknown>,
): Promise<readonly number[]> {
  await clock.pass(30_000);
  bmc.executed.length = 0;
  const acting = act().catch(() => undefined);
  await clock.pass(1);
  await clock.until(acting);
  await clock.pass(1000);
  return bmc.executed.map(({ cmd }) => cmd);
}

describe('its enables are looked at', () => {
  const enables = { cmd: SET_ENABLES, lun: 0, data: Uint8Array.of(0x08) };

  test.each([
    ['once a caller has written them', 0x06, [SET_ENABLES, GET_ENABLES]],
    ['not for a command of the same number', 0x30, [SET_ENABLES]],
  ])('%s', async (_, netFn, expected) => {
    const bench = await interfaceBench();
    bench.bt.listen({ attention: false, event: true });
    const executed = await executedBy(bench, () => bench.bt.submit({ netFn, ...enables }, ONCE));

    expect(executed.slice(0, 2)).toEqual(expected);
  });
});

test.each([
  [SURE_BYTES, []],
  [SURE_BYTES + 1, [GET_CAPABILITIES]],
])('with %i bytes of data, before its capabilities are known, it asks %j', async (count, asked) => {
  const bench = await interfaceBench({ mode: 'lazy' });
  const request = { netFn: 0x30, lun: 0, cmd: 0x77, data: new Uint8Array(count) };
  const executed = await executedBy(bench, () => bench.bt.submit(request, ONCE));

  expect(executed.filter((cmd) => cmd !== 0x77)).toEqual(asked);
});

test('its capabilities are asked for once, however many requests need them', async () => {
  const bench = await interfaceBench({ mode: 'lazy' });
  const { clock, bmc, bt } = bench;
  const request = { netFn: 0x30, lun: 0, cmd: 0x77, data: new Uint8Array(SURE_BYTES + 1) };
  const ask = () => bt.submit(request, ONCE).catch(() => undefined);
  await clock.until(Promise.all([ask(), ask()]));
  await clock.until(ask());
  await clock.pass(1000);

  expect(bmc.executed.filter(({ cmd }) => cmd === GET_CAPABILITIES)).toHaveLength(1);
});

test('an answer of a satellite controller is read while it is awaited', async () => {
  const { clock, bmc, bt } = await interfaceBench();
  const { seq, answer } = bt.expectAnswer(IPMB_EXPECTED);
  bmc.addMessage([IPMB_EXPECTED.channel, ...ipmbAnswer(seq)]);

  expect(await clock.until(answer)).toMatchObject({ seq, cmd: IPMB_EXPECTED.cmd });
});

test('a BMC that does not say its enables is looked for, and is there', async () => {
  const { clock, bmc, told } = await interfaceBench({ hasLine: true, unanswered: GET_ENABLES });
  bmc.executed.length = 0;
  await clock.pass(60_000);

  expect(bmc.executed.map(({ cmd }) => cmd)).toContain(DEVICE_ID);
  expect(told).toEqual([]);
});

test('at its end, once, it hands on what waits for the command on the wire', async () => {
  const { bt, quiet } = await interfaceBench();
  bt.close();

  expect(quiet).toHaveLength(1);
});
