/** The looks for the answer of a satellite controller: when they come, and when they ask. */

import { describe, expect, test } from 'vitest';

import { IPMB_EXPECTED, ipmbAnswer } from '../support/ipmb-answer.ts';
import { greatest, least } from '../support/lists.ts';
import { listening } from '../support/listening.ts';

const [SET_ENABLES, GET_MESSAGE] = [0x2e, 0x33];

/** Until the bit is not needed to ask: looks after 5, 10, 20, 40 and 80 ms, and then after 100. */
const FIRST_ASK_MS = 5 + 10 + 20 + 40 + 80 + 100;

const UNREADABLE = 'the answer of the controller cannot be read; it may have executed the command';

type Refusal = readonly [cmd: number, completionCode: number];

/** A device, what waits for an answer, and the times at which the BMC was asked for a message. */
async function bench({ refusal }: { readonly refusal?: Refusal } = {}) {
  const asked: number[] = [];
  const rig = await listening({
    answer: ({ cmd }) => {
      if (cmd === GET_MESSAGE) asked.push(rig.clock.now());
      return cmd === refusal?.[0] ? [refusal[1]] : undefined;
    },
  });
  const { clock, bmc, device } = rig;
  const failures: unknown[] = [];
  const expectOne = async () => {
    const awaited = await device.expectAnswer(IPMB_EXPECTED);
    awaited.answer.catch((error: unknown) => void failures.push(error));
    return awaited;
  };
  const send = (seq: number): void => {
    bmc.addMessage([IPMB_EXPECTED.channel, ...ipmbAnswer(seq)]);
  };
  /** How long that answer takes from now on. */
  const timeOf = async (answer: Promise<unknown>): Promise<number> => {
    const sinceMs = clock.now();
    await clock.until(answer);
    return clock.now() - sinceMs;
  };
  return { ...rig, asked, failures, expectOne, send, timeOf };
}

function gaps(times: readonly number[]): readonly number[] {
  return times.slice(1).map((time, at) => time - (times[at] ?? NaN));
}

describe.each([
  ['without a listener', false],
  ['beside a listener to events', true],
])('while an answer is awaited, %s,', (_, isHeard) => {
  test('the BMC is asked without its attention bit, first after 255 ms and then every 100 ms', async () => {
    const { clock, device, listener, asked, expectOne } = await bench();
    if (isHeard) device.on('event', listener);
    await clock.pass(5000);
    asked.length = 0;
    const sinceMs = clock.now();
    const { cancel } = await expectOne();
    await clock.pass(2000);
    cancel();

    const [first = 0] = asked;
    expect(first - sinceMs).toBeGreaterThanOrEqual(FIRST_ASK_MS);
    expect(first - sinceMs).toBeLessThan(FIRST_ASK_MS + 100);
    expect(least(gaps(asked))).toBeGreaterThanOrEqual(100);
    expect(greatest(gaps(asked))).toBeLessThan(150);
    const { length } = asked;
    await clock.pass(2000);
    expect(asked).toHaveLength(length);
  });

  test('one that the bit tells of comes within some milliseconds, and so does the next', async () => {
    const { clock, device, listener, expectOne, send, timeOf } = await bench();
    if (isHeard) device.on('event', listener);
    await clock.pass(5000);
    const [one, two] = [await expectOne(), await expectOne()];
    send(one.seq);
    expect(await timeOf(one.answer)).toBeLessThan(20);
    send(two.seq);
    expect(await timeOf(two.answer)).toBeLessThan(20);
  });
});

test('after a long wait the next answer is looked for as soon as one has come', async () => {
  const { clock, expectOne, send, timeOf } = await bench();
  const [one, two] = [await expectOne(), await expectOne()];
  await clock.pass(5000);
  send(one.seq);
  expect(await timeOf(one.answer)).toBeLessThanOrEqual(120);
  await clock.pass(20);
  send(two.seq);
  expect(await timeOf(two.answer)).toBeLessThan(30);
});

test('a BMC that will never give a message fails those who wait for one', async () => {
  const { clock, expectOne, failures } = await bench({ refusal: [GET_MESSAGE, 0xc1] });
  await expectOne();
  await clock.pass(2000);

  expect(failures).toMatchObject([
    {
      ...{ code: 'COMMAND_FAILED', outcome: 'unknown', completionCode: 0xc1 },
      message: expect.stringContaining(UNREADABLE) as string,
    },
  ]);
});

test.each<[string, Refusal]>([
  ['Get Message for another reason', [GET_MESSAGE, 0xcc]],
  ['another command for good', [SET_ENABLES, 0xc1]],
])('a BMC that refuses %s fails none of them', async (_, refusal) => {
  const { clock, device, listener, expectOne, failures } = await bench({ refusal });
  device.on('event', listener);
  const { cancel } = await expectOne();
  await clock.pass(20_000);
  cancel();

  expect(failures).toEqual([]);
});
