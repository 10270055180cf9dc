/** One request at a time: which may go next, what counts as silence, and what comes twice. */

import { expect, test } from 'vitest';

import { InFlight } from '../../src/driver/in-flight.ts';
import { assumedLimits } from '../../src/driver/limits.ts';
import type { Attempt, Machine } from '../../src/driver/machine.ts';
import { PendingRequest } from '../../src/driver/pending-request.ts';
import { newStatistics } from '../../src/driver/statistics.ts';
import { open } from '../../src/index.ts';
import { silentLog } from '../../src/log.ts';
import type { PortIo } from '../../src/port/port.ts';
import { privateLock } from '../../src/share/lock.ts';
import { SimBmc } from '../../src/sim/bmc.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { GET_DEVICE_ID, echo, outcomeOf, request, rig, send } from '../support/rig.ts';
import { BentPort, CyclePort } from '../support/wraps.ts';

const CTRL = 0xce4;
const ABORTED = { code: 'REQUEST_ABORTED', outcome: 'unknown' };
const ABORTED_UNSENT = { code: 'REQUEST_ABORTED', outcome: 'not-sent' };

/** Ports of a BMC that is busy until it is told otherwise. */
function busy() {
  const state = { isBusy: true };
  const wrap = (port: PortIo): PortIo =>
    new BentPort(port, (at, value) => (at === CTRL && state.isBusy ? value | 0x80 : value));
  return { state, wrap };
}

test('a request aborted while the BMC is not ready for it was not sent, and never is', async () => {
  const { state, wrap } = busy();
  const { clock, bmc, driver } = rig({ wrap });
  const controller = new AbortController();
  const sent = outcomeOf(send(driver, echo(1), { signal: controller.signal }));
  await clock.pass(50);

  controller.abort();

  expect(await clock.until(sent)).toEqual(ABORTED_UNSENT);
  state.isBusy = false;
  expect(await clock.until(outcomeOf(send(driver, echo(2))))).toEqual([2]);
  expect(bmc.executed).toHaveLength(1);
});

test('a request aborted between 0xC0 and its repeat may have been executed', async () => {
  const { clock, driver } = rig({ answer: () => [0xc0] });
  const controller = new AbortController();
  const sent = outcomeOf(send(driver, echo(1), { signal: controller.signal }));
  await clock.pass(50);

  controller.abort();

  expect(await clock.until(sent)).toEqual(ABORTED);
});

test('an abort from within a register access ends the request, at every one of them', async () => {
  let cycles = Infinity;
  for (let at = 0; at < cycles; at += 1) {
    const controller = new AbortController();
    let port: CyclePort | undefined;
    const wrap = (inner: PortIo): PortIo =>
      (port = new CyclePort(inner, (cycle) => {
        if (cycle === at) controller.abort();
      }));
    const { clock, bmc, driver } = rig({ responseMs: 1, wrap });

    const sent = outcomeOf(send(driver, echo(1), { signal: controller.signal }));

    const outcome = await clock.until(sent);
    expect([[1], ABORTED, ABORTED_UNSENT]).toContainEqual(outcome);
    expect(await clock.until(outcomeOf(send(driver, echo(2))))).toEqual([2]);
    const isExecuted = bmc.executed.some(({ data }) => data[0] === 1);
    expect(isExecuted).toBe((outcome as { outcome?: string }).outcome !== 'not-sent');
    cycles = Math.min(cycles, port?.cycles ?? 0);
  }
  expect(cycles).toBeGreaterThan(20);
});

test('a request that could not be sent in time is no repeat when it is sent', async () => {
  const { state, wrap } = busy();
  const { clock, driver, statistics } = rig({ wrap });
  const sent = outcomeOf(send(driver, GET_DEVICE_ID, { internal: true, timeoutMs: 20_000 }));
  await clock.pass(7000);
  state.isBusy = false;

  expect(await clock.until(sent)).toHaveLength(15);
  expect(statistics.retries).toBe(0);
});

test('an impatient caller does not make the BMC look silent', async () => {
  const { wrap } = busy();
  const clock = new VirtualClock();
  const bmc = new SimBmc({ clock });
  const opening = { base: bmc.base, port: wrap(bmc), clock, bringUp: 'lazy' } as const;
  const device = await open(opening);

  const sent = outcomeOf(device.request({ netFn: 0x06, cmd: 0x01 }, { timeoutMs: 100 }));

  expect(await clock.until(sent)).toEqual({ code: 'REQUEST_TIMEOUT', outcome: 'not-sent' });
  await clock.pass(30_000);
  expect([device.state, clock.pending]).toEqual(['ready', 0]);
  await device.close();
});

test('nobody is waited for once the caller has gone', async () => {
  const { clock, driver } = rig({ responseMs: 1000 });
  const sent = outcomeOf(send(driver, echo(1), { timeoutMs: 100 }));
  await clock.pass(50);
  expect(driver.isAwaited).toBe(true);

  await clock.until(sent);

  expect(driver.isAwaited).toBe(false);
  await clock.pass(1000);
});

test('a reply that comes twice is taken out twice, and the next request gets its own', async () => {
  const { clock, driver, statistics } = rig({ respond: (_, honest) => [honest, honest] });

  for (const byte of [1, 2, 3]) {
    expect(await clock.until(outcomeOf(send(driver, echo(byte))))).toEqual([byte]);
  }
  await clock.pass(10);

  expect(statistics.staleReplies).toBe(3);
});

test('a repeat after an answer has a new number, though the attempt before kept its own', async () => {
  const { state, wrap } = busy();
  const answers = [[0xc0], undefined];
  const { clock, bmc, driver } = rig({ wrap, answer: () => answers.shift() });
  const sent = outcomeOf(send(driver, echo(1), { timeoutMs: 60_000 }));
  await clock.pass(25_000);
  expect(bmc.executed).toEqual([]);
  state.isBusy = false;

  expect(await clock.until(sent)).toEqual([1]);
  const [first, second] = bmc.executed;
  expect(second?.seq).not.toBe(first?.seq);
});

test('a request that was not sent outlives a reset of the interface, under its number', async () => {
  const { state, wrap } = busy();
  const { clock, bmc, driver } = rig({ wrap, mayReset: true, firstSeq: 7 });
  const sent = [1, 2].map((byte) => outcomeOf(send(driver, echo(byte))));
  await clock.pass(100);

  driver.resetInterface();
  state.isBusy = false;

  expect(await clock.until(Promise.all(sent))).toEqual([[1], [2]]);
  expect(bmc.executed.map(({ seq }) => seq)).toEqual([7, 8]);
});

test('a repeat that the BMC was not ready for counts all the same', async () => {
  const { state, wrap } = busy();
  state.isBusy = false;
  const { clock, bmc, driver } = rig({ wrap, answer: () => 'drop' });
  const sent = outcomeOf(send(driver, GET_DEVICE_ID, { timeoutMs: 60_000 }));
  await clock.pass(3000);
  state.isBusy = true;
  await clock.pass(10_000);
  expect(bmc.executed).toHaveLength(1);
  state.isBusy = false;

  await clock.until(sent);

  // The first one and two repeats; then it begins anew, with another number.
  const [first] = bmc.executed;
  expect(bmc.executed.filter(({ seq }) => seq === first?.seq)).toHaveLength(3);
  expect(bmc.executed.length).toBeGreaterThan(3);
});

/** A machine that takes on attempts, and never gets further. */
function stalled(attempts: Attempt[]): Machine {
  const machine = {
    isIdle: true,
    start: (attempt: Attempt) => attempts.push(attempt),
    poll: (nowMs: number) => ({ kind: 'wait', rung: false, stale: false, untilMs: nowMs + 1 }),
  };
  return machine as unknown as Machine;
}

test.each<[startMs: number, timeoutMs: number, patienceMs: number]>([
  [0, 8000, 8000],
  [1500, 8000, 6500],
  [3000, 8000, 6000],
  [1000, 90_000, 25_000],
])(
  'of a BMC of which nothing is known, begun at %d ms of %d, a reply is waited for %d ms',
  (startMs, timeoutMs, patienceMs) => {
    const attempts: Attempt[] = [];
    const inFlight = new InFlight({
      ...{ machine: stalled(attempts), clock: new VirtualClock(), log: silentLog, name: 'bt0' },
      ...{ statistics: newStatistics(), limits: assumedLimits() },
      numbers: privateLock({}, 0).numbers,
    });
    const options = { retries: 0, internal: false } as const;
    const pending = new PendingRequest(echo(1), options, { nowMs: 0, timeoutMs });
    inFlight.begin(pending, startMs);
    inFlight.advance(startMs);

    expect(attempts.map(({ replyWithinMs }) => replyWithinMs)).toEqual([patienceMs]);
  },
);

test.each<[what: string, answer: readonly [cmd: number, code: number], doubts: readonly string[]]>([
  ['a cold reset that the BMC does', [0x02, 0x00], ['restart']],
  ['a warm reset that the BMC does', [0x03, 0x00], ['restart']],
  ['a cold reset that it refuses', [0x02, 0xc1], []],
  ['any other command', [0x01, 0x00], []],
])('%s leaves callers in doubt of it %j', async (_, [cmd, completionCode], doubts) => {
  const told: string[] = [];
  const { clock, driver } = rig({
    answer: () => [completionCode],
    onDoubt: (doubt) => {
      told.push(doubt);
      driver.trust(doubt);
    },
  });

  await clock.until(send(driver, request(0x06, cmd), { retries: 0 }));
  await clock.pass(1);

  expect(told).toEqual(doubts);
});
