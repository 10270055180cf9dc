/** A BMC that says to one client that it is busy, and the cost of that to the others. */

import { expect, test } from 'vitest';

import { ReceivedReply } from '../../src/ipmi/message.ts';
import type { Requester } from '../../src/ipmi/requester.ts';
import { Turn } from '../../src/serve/turn.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';
import { brokerRig } from '../support/broker-rig.ts';
import type { BrokerRig } from '../support/broker-rig.ts';
import { greatest } from '../support/lists.ts';
import { GET_DEVICE_ID, echo, outcomeOf } from '../support/rig.ts';

const CLEAR_SEL = { netFn: 0x0a, cmd: 0x47 };

/** Answers 0xC0, node busy, to one command, until `isBusy` is over. */
async function busyRig() {
  const state = { isBusy: true };
  const rig = await brokerRig({
    responseMs: 1,
    answer: ({ cmd }) => (cmd === CLEAR_SEL.cmd ? [state.isBusy ? 0xc0 : 0x00] : undefined),
  });
  return { ...rig, state };
}

/** The times that the BMC executed a command. */
function timesOf(
  { bmc }: BrokerRig,
  wanted: { readonly netFn: number; readonly cmd: number },
): number {
  return bmc.executed.filter(({ netFn, cmd }) => netFn === wanted.netFn && cmd === wanted.cmd)
    .length;
}

test('a request that is repeated for minutes keeps no other client waiting', async () => {
  const rig = await busyRig();
  const { clock, client } = rig;
  const [one, other] = [client(1), client(2)];
  const long = outcomeOf(one.request(CLEAR_SEL, { timeoutMs: 600_000, retries: 1_000_000 }));
  const waits: number[] = [];
  for (let round = 0; round < 50; round += 1) {
    const startMs = clock.now();
    await clock.until(other.request(GET_DEVICE_ID));
    waits.push(clock.now() - startMs);
    await clock.pass(37);
  }

  expect(greatest(waits)).toBeLessThan(10);
  expect(await clock.until(long)).toEqual({ completionCode: 0xc0 });
  expect(clock.now()).toBeGreaterThan(590_000);
  expect(timesOf(rig, CLEAR_SEL)).toBeGreaterThan(590);
});

test('its client has its others afterwards, in order, and the answer when the BMC has time', async () => {
  const rig = await busyRig();
  const { clock, client, broker, state } = rig;
  const one = client(1);
  const long = outcomeOf(one.request(CLEAR_SEL, { timeoutMs: 20_000 }));
  const others = [1, 2, 3].map((value) => outcomeOf(one.request(echo(value))));
  await clock.pass(5000);

  expect([timesOf(rig, echo(1)), one.pending]).toEqual([0, 4]);
  expect(broker.status().waiting).toBe(4);
  state.isBusy = false;
  expect(await clock.until(Promise.all([long, ...others]))).toEqual([[], [1], [2], [3]]);
  expect(broker.status()).toMatchObject({ waiting: 0, isBusy: false });
});

test.each([
  [{ retries: 0 }, 1],
  [{ retries: 3 }, 4],
  [{ repeatBusy: false }, 1],
  [{ timeoutMs: 350 }, 3],
])('with %o the BMC is asked %i times, and 0xC0 is the answer', async (options, times) => {
  const rig = await busyRig();
  const result = outcomeOf(rig.client(1).request(CLEAR_SEL, options));

  expect(await rig.clock.until(result)).toEqual({ completionCode: 0xc0 });
  expect(timesOf(rig, CLEAR_SEL)).toBe(times);
});

test('a client that closes in the pause ends it, and what waited behind it', async () => {
  const rig = await busyRig();
  const { clock, client } = rig;
  const one = client(1);
  const results = [
    one.request(CLEAR_SEL, { timeoutMs: 600_000, retries: 1_000_000 }),
    one.request(echo(1)),
  ].map(outcomeOf);
  await clock.pass(5000);

  one.close();

  // The one that waited in the pause was with the BMC, the other one was not.
  expect(await clock.until(Promise.all(results))).toEqual([
    { code: 'DEVICE_CLOSED', outcome: 'unknown' },
    { code: 'DEVICE_CLOSED', outcome: 'not-sent' },
  ]);
  const times = timesOf(rig, CLEAR_SEL);
  expect(await clock.until(outcomeOf(client(2).request(echo(2))))).toEqual([2]);
  await clock.pass(5000);
  expect(timesOf(rig, CLEAR_SEL)).toBe(times);
});

test('a signal ends it in the pause, and its others go on', async () => {
  const { clock, client } = await busyRig();
  const one = client(1);
  const controller = new AbortController();
  const { signal } = controller;
  const long = outcomeOf(one.request(CLEAR_SEL, { timeoutMs: 600_000, signal }));
  const behind = outcomeOf(one.request(echo(1)));
  await clock.pass(1000);

  controller.abort();

  expect(await clock.until(behind)).toEqual([1]);
  expect(await clock.until(long)).toEqual({ code: 'REQUEST_ABORTED', outcome: 'unknown' });
});

/** The options with which a device is asked that is busy twice. */
async function askedWith(retries: 'safe' | number): Promise<readonly unknown[]> {
  const clock = new VirtualClock();
  const asked: unknown[] = [];
  const turn: Turn = new Turn({
    ...{ request: { ...CLEAR_SEL, lun: 0, data: new Uint8Array() }, retries, clock },
    ...{ repeatBusy: undefined, signal: undefined, timeoutMs: 60_000 },
    ...{ onGone: () => undefined, onWaited: () => undefined, onBegin: () => undefined },
    onRest: () => undefined,
    onRested: () => void turn.begin(device),
  });
  const device: Requester = {
    request: (_, options) => {
      asked.push(options?.retries);
      return Promise.resolve(new ReceivedReply(asked.length > 2 ? 0x00 : 0xc0, new Uint8Array()));
    },
  };
  turn.wait();
  void turn.begin(device);
  expect((await clock.until(turn.result)).completionCode).toBe(0);
  return asked;
}

test('a number of repeats after silence is not granted again with each busy answer', async () => {
  expect(await askedWith(5)).toEqual([5, 0, 0]);
  expect(await askedWith('safe')).toEqual(['safe', 'safe', 'safe']);
});
