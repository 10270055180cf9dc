/** The driver: whose reply is whose, in which order, and at which virtual millisecond. */

import { describe, expect, test } from 'vitest';

import { TURN_MS } from '../../src/sim/virtual-clock.ts';
import { GET_DEVICE_ID, echo, outcomeOf, request, rig, send } from '../support/rig.ts';

const TIMED_OUT = { code: 'REQUEST_TIMEOUT', outcome: 'unknown' };

/** One attempt at a BMC that has not told its response time, from the turn after the ring. */
const ATTEMPT_MS = 6000 + TURN_MS;

describe('requests', () => {
  test('a hundred at once are answered in order, each with its own payload', async () => {
    const { clock, bmc, driver } = rig({ responseMs: 2 });
    const payloads = Array.from({ length: 100 }, (_, index) => [index, 255 - index]);

    const sent = payloads.map((payload) => outcomeOf(send(driver, echo(...payload))));

    expect(await clock.until(Promise.all(sent))).toEqual(payloads);
    expect(bmc.executed.map(({ data }) => [...data])).toEqual(payloads);
  });

  test('sequence numbers begin where told and wrap after 255', async () => {
    const { clock, bmc, driver } = rig({ firstSeq: 254 });

    for (let index = 0; index < 3; index += 1) await clock.until(send(driver, echo(index)));

    expect(bmc.executed.map(({ seq }) => seq)).toEqual([254, 255, 0]);
  });

  test('a caller whose request comes while one is on the wire waits for it', async () => {
    const { clock, driver } = rig({ responseMs: 100 });
    const first = outcomeOf(send(driver, echo(1)));
    await clock.pass(50);

    const second = outcomeOf(send(driver, echo(2)));

    expect(await clock.until(first)).toEqual([1]);
    const firstMs = clock.now();
    expect(await clock.until(second)).toEqual([2]);
    expect(clock.now() - firstMs).toBeGreaterThanOrEqual(100);
  });

  test('internal requests go ahead of callers that were there first', async () => {
    const { clock, bmc, driver } = rig({ responseMs: 1 });
    const sent = [1, 2, 3].map((value) => send(driver, echo(value)));
    sent.push(send(driver, echo(9), { internal: true }));

    await clock.until(Promise.all(sent));

    expect(bmc.executed.map(({ data }) => data[0])).toEqual([1, 9, 2, 3]);
  });

  test('one more than queueMax is refused with QUEUE_FULL, and nothing else is harmed', async () => {
    const { clock, driver } = rig({ responseMs: 1, queueMax: 2 });

    // The first is on the wire, two wait, the fourth is too many.
    const sent = [1, 2, 3, 4].map((value) => outcomeOf(send(driver, echo(value))));

    const full = { code: 'QUEUE_FULL', outcome: 'not-sent' };
    expect(await clock.until(Promise.all(sent))).toEqual([[1], [2], [3], full]);
  });

  test('a completion code is an answer, and comes through as the BMC gave it', async () => {
    const { clock, driver } = rig();

    expect(await clock.until(outcomeOf(send(driver, request(0x06, 0x99))))).toEqual({
      completionCode: 0xc1,
    });
  });

  test('a request longer than the BMC takes is refused, those around it are answered', async () => {
    const { clock, bmc, driver } = rig({ responseMs: 1 });
    const long = echo(...Array<number>(61).fill(7));

    const sent = [echo(1), long, echo(2)].map((message) => outcomeOf(send(driver, message)));

    const tooLong = { code: 'REQUEST_TOO_LONG', outcome: 'not-sent' };
    expect(await clock.until(Promise.all(sent))).toEqual([[1], tooLong, [2]]);
    expect(bmc.executed).toHaveLength(2);
  });
});

describe('deadlines', () => {
  test('a request on the wire is given up at its deadline, to the millisecond', async () => {
    const { clock, driver } = rig({ responseMs: 5000 });

    const sent = outcomeOf(send(driver, echo(1), { timeoutMs: 700 }));

    expect(await clock.until(sent)).toEqual(TIMED_OUT);
    expect(clock.now()).toBe(700);
  });

  test('a request in the queue is given up at its deadline, and was never sent', async () => {
    const { clock, bmc, driver } = rig({ responseMs: 5000 });
    const first = send(driver, echo(1));

    const second = outcomeOf(send(driver, echo(2), { timeoutMs: 300 }));

    expect(await clock.until(second)).toEqual({ code: 'REQUEST_TIMEOUT', outcome: 'not-sent' });
    expect(clock.now()).toBe(300);
    await clock.until(first);
    expect(bmc.executed).toHaveLength(1);
  });

  test('the shortest deadline fires first, whatever the order in the queue', async () => {
    const { clock, driver } = rig({ responseMs: 5000 });
    const settled: number[] = [];
    const sent = [4000, 900, 100, 2500].map(async (timeoutMs) => {
      await outcomeOf(send(driver, echo(1), { timeoutMs }));
      settled.push(clock.now());
    });

    await clock.until(Promise.all(sent));

    expect(settled).toEqual([100, 900, 2500, 4000]);
  });

  test('an aborted request settles at once, on the wire or in the queue', async () => {
    const { clock, bmc, driver } = rig({ responseMs: 1000 });
    const controllers = [new AbortController(), new AbortController()] as const;
    const sent = controllers.map(({ signal }, index) =>
      outcomeOf(send(driver, echo(index), { signal })),
    );
    await clock.pass(10);

    for (const controller of controllers) controller.abort();

    expect(await clock.until(Promise.all(sent))).toEqual([
      { code: 'REQUEST_ABORTED', outcome: 'unknown' },
      { code: 'REQUEST_ABORTED', outcome: 'not-sent' },
    ]);
    expect(clock.now()).toBe(10);
    await clock.pass(2000);
    expect(bmc.executed).toHaveLength(1);
  });

  test('a request aborted before the call is not sent', async () => {
    const { clock, bmc, driver } = rig();

    const sent = outcomeOf(send(driver, echo(1), { signal: AbortSignal.abort() }));

    expect(await clock.until(sent)).toEqual({ code: 'REQUEST_ABORTED', outcome: 'not-sent' });
    expect(bmc.executed).toEqual([]);
  });

  test('a BMC that stays busy is not written to; the caller is told at the deadline', async () => {
    const { clock, bmc, driver } = rig({ responseMs: 100_000 });
    const first = outcomeOf(send(driver, echo(1), { timeoutMs: 100 }));
    const second = outcomeOf(send(driver, echo(2), { timeoutMs: 10_000 }));

    expect(await clock.until(first)).toEqual(TIMED_OUT);
    expect(await clock.until(second)).toEqual({ code: 'REQUEST_TIMEOUT', outcome: 'not-sent' });
    expect(clock.now()).toBe(10_000);
    expect(bmc.executed).toHaveLength(1);
  });
});

describe('orphans', () => {
  test.each([
    ['shows B_BUSY while it works', true],
    ['does not show B_BUSY', false],
  ])(
    'the late answer to #1 is dropped, and #2 gets its own: a BMC that %s',
    async (_, showsBusy) => {
      const { clock, bmc, driver, statistics } = rig({ responseMs: 1000, showsBusy });
      const first = outcomeOf(send(driver, echo(0xaa), { timeoutMs: 200 }));
      expect(await clock.until(first)).toEqual(TIMED_OUT);

      const second = outcomeOf(send(driver, echo(0xbb)));

      expect(await clock.until(second)).toEqual([0xbb]);
      // #2 was not written before the answer to #1 had come.
      expect(bmc.executed.map(({ atMs }) => atMs >= 1000)).toEqual([false, true]);
      expect(statistics).toMatchObject({ orphans: 1, completeTransactions: 2, staleReplies: 0 });
    },
  );

  test('an orphan that is never answered blocks the wire for one attempt and no longer', async () => {
    const { clock, bmc, driver } = rig({
      answer: ({ data }) => (data[0] === 0xaa ? 'drop' : undefined),
    });
    const first = outcomeOf(send(driver, echo(0xaa), { timeoutMs: 200 }));
    expect(await clock.until(first)).toEqual(TIMED_OUT);

    const second = outcomeOf(send(driver, echo(0xbb)));

    expect(await clock.until(second)).toEqual([0xbb]);
    expect(bmc.executed[1]?.atMs).toBe(ATTEMPT_MS);
  });

  test('an orphan is not repeated, though its command could be', async () => {
    const { clock, bmc, driver } = rig({ answer: () => 'drop' });
    const sent = outcomeOf(send(driver, GET_DEVICE_ID, { timeoutMs: 200 }));
    expect(await clock.until(sent)).toEqual(TIMED_OUT);

    await clock.pass(60_000);

    expect(bmc.executed).toHaveLength(1);
  });

  test('a response that nobody asked for is out of the way before the next request', async () => {
    const { clock, bmc, driver, statistics } = rig();
    bmc.leaveResponse([0xc4, 0, 0x01, 0x00, 0x66]);

    expect(await clock.until(outcomeOf(send(driver, echo(1))))).toEqual([1]);
    expect(statistics.staleReplies).toBe(1);
  });
});

describe('repeats', () => {
  test('a command that only reads is repeated after silence with the same seq', async () => {
    let drops = 2;
    const { clock, bmc, driver, statistics } = rig({
      firstSeq: 7,
      answer: () => ((drops -= 1) >= 0 ? 'drop' : undefined),
    });

    const reply = await clock.until(send(driver, GET_DEVICE_ID, { timeoutMs: 20_000 }));

    expect(reply.completionCode).toBe(0);
    expect(bmc.executed.map(({ seq }) => seq)).toEqual([7, 7, 7]);
    expect(bmc.executed.map(({ atMs }) => atMs)).toEqual([0, ATTEMPT_MS, 2 * ATTEMPT_MS]);
    expect(statistics).toMatchObject({ retries: 2, longTimeouts: 2 });
  });

  test('a command that may change something is sent once; its outcome is unknown', async () => {
    const { clock, bmc, driver } = rig({ answer: () => 'drop' });

    const sent = outcomeOf(send(driver, echo(1)));

    expect(await clock.until(sent)).toEqual({ code: 'BMC_UNRESPONSIVE', outcome: 'unknown' });
    expect(clock.now()).toBe(ATTEMPT_MS);
    expect(bmc.executed).toHaveLength(1);
  });

  test('a number of retries applies to any command', async () => {
    const { clock, bmc, driver } = rig({ answer: () => 'drop' });

    const sent = outcomeOf(send(driver, echo(1), { retries: 1, timeoutMs: 60_000 }));

    expect(await clock.until(sent)).toEqual({ code: 'BMC_UNRESPONSIVE', outcome: 'unknown' });
    expect(bmc.executed).toHaveLength(2);
  });

  test('0xC0 was not processed: any command is asked again, with a new seq', async () => {
    let busy = 3;
    const { clock, bmc, driver } = rig({
      answer: () => ((busy -= 1) >= 0 ? [0xc0] : undefined),
    });

    expect(await clock.until(outcomeOf(send(driver, echo(5))))).toEqual([5]);
    expect(bmc.executed.map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
    expect(bmc.executed.map(({ atMs }) => atMs)).toEqual([0, 100, 300, 700]);
  });

  test('0xC0 to the end is handed on as the answer it is, before the deadline', async () => {
    const { clock, driver } = rig({ answer: () => [0xc0] });

    const sent = outcomeOf(send(driver, echo(5), { timeoutMs: 1000 }));

    expect(await clock.until(sent)).toEqual({ completionCode: 0xc0 });
    expect(clock.now()).toBe(700);
  });

  test('0xD2 to a command that may have been executed is handed on', async () => {
    const { clock, bmc, driver } = rig({ answer: () => [0xd2] });

    expect(await clock.until(outcomeOf(send(driver, echo(5))))).toEqual({ completionCode: 0xd2 });
    expect(bmc.executed).toHaveLength(1);
  });

  test('0xD2 to a command that only reads is asked again, with a new seq', async () => {
    let missing = 2;
    const { clock, bmc, driver } = rig({
      answer: () => ((missing -= 1) >= 0 ? [0xd2] : undefined),
    });

    const reply = await clock.until(send(driver, GET_DEVICE_ID));

    expect(reply.completionCode).toBe(0);
    expect(bmc.executed.map(({ seq }) => seq)).toEqual([0, 1, 2]);
  });

  test('with retries 0 nothing is sent twice, not even after 0xC0', async () => {
    const { clock, bmc, driver } = rig({ answer: () => [0xc0] });

    const sent = outcomeOf(send(driver, GET_DEVICE_ID, { retries: 0 }));

    expect(await clock.until(sent)).toEqual({ completionCode: 0xc0 });
    expect(bmc.executed).toHaveLength(1);
  });
});

describe('at its end', () => {
  test('a driver that was closed is not opened again by dismiss()', async () => {
    const { clock, bmc, driver } = rig();
    driver.close();
    driver.dismiss();

    const sent = outcomeOf(send(driver, GET_DEVICE_ID, { internal: true }));

    expect(await clock.until(sent)).toEqual({ code: 'DEVICE_CLOSED', outcome: 'not-sent' });
    expect(bmc.executed).toEqual([]);
  });

  test('a bug below it ends it, and each request with it', async () => {
    const { clock, driver, machine } = rig({ responseMs: 10 });
    const poll = machine.poll.bind(machine);
    machine.poll = (nowMs, isLast) => {
      if (nowMs > 5) throw new Error('a bug');
      return poll(nowMs, isLast);
    };
    const sent = [1, 2].map((value) => send(driver, echo(value)).catch(String));

    const texts = await clock.until(Promise.all(sent));

    expect(texts).toEqual(Array(2).fill(expect.stringMatching(/the ports failed: Error: a bug$/)));
  });
});

test('a lock that is free is had without a wait, also where none is waited for', async () => {
  const { clock, driver } = rig({ lockTimeoutMs: 0 });

  expect(await clock.until(outcomeOf(send(driver, echo(1))))).toEqual([1]);
});
