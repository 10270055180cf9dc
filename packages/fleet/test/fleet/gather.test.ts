/** Asking many hosts: waves, failures, deadline and signal. */

import { VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, test } from 'vitest';

import { exitCodeFor } from '../../src/fleet/exit-code.ts';
import { gather } from '../../src/fleet/gather.ts';
import type { GatherPlan, HostResult } from '../../src/fleet/gather.ts';
import { MemoryTransport, answerOf } from './memory-transport.ts';
import type { HostScript } from './memory-transport.ts';

const QUESTION = { endpoint: 'raw', body: { netFn: 6, cmd: 1 } } as const;

function rig(scripts: Readonly<Record<string, HostScript>>) {
  const clock = new VirtualClock();
  const transport = new MemoryTransport(clock, scripts);
  const seen: HostResult[] = [];
  const abort = new AbortController();
  const run = async (plan: Partial<GatherPlan> = {}) =>
    await clock.until(
      gather(
        { transport, clock },
        {
          ...{ hosts: Object.keys(scripts), question: QUESTION, waitMs: 1000, deadlineMs: 5000 },
          ...{ fanout: 100, canaries: 0, maxFailuresPercent: 100, signal: abort.signal },
          onSend: () => undefined,
          onResult: (result) => seen.push(result),
          ...plan,
        },
      ),
    );
  return { clock, transport, seen, abort, run };
}

const answers = (host: string, afterMs: number, completionCode = 0): HostScript => ({
  replies: [{ afterMs, delivery: answerOf(host, completionCode) }],
});

/** Each host with its outcome, and the time after which it was known. */
function outcomes(results: readonly HostResult[]): readonly string[] {
  return results.map(({ host, delivery, elapsedMs }) => {
    const outcome = delivery.kind === 'answer' ? 'answered' : delivery.outcome;
    return `${host} ${outcome} ${elapsedMs}`;
  });
}

/** Hosts `h0`, `h1`, ... that answer after 10 ms, with the completion codes. */
function fleetOf(codes: readonly number[]): Readonly<Record<string, HostScript>> {
  return Object.fromEntries(codes.map((code, at) => [`h${at}`, answers(`h${at}`, 10, code)]));
}

test('each host has the outcome that is known of it', async () => {
  const { run, seen, clock } = rig({
    fast: answers('fast', 10),
    slow: answers('slow', 999),
    hangs: {},
    late: answers('late', 1500),
    lost: { isUnreachable: true },
    refuses: answers('refuses', 20, 0xc1),
  });

  const hosts = ['fast', 'slow', 'hangs', 'late', 'lost', 'refuses', 'absent'];
  const { results, stopped } = await run({ hosts });

  expect(outcomes(results)).toEqual([
    ...['fast answered 10', 'slow answered 999', 'hangs unknown 1000', 'late unknown 1000'],
    ...['lost not-sent 0', 'refuses answered 20', 'absent not-sent 0'],
  ]);
  expect(results.map(({ delivery }) => exitCodeFor(delivery))).toEqual([0, 0, 75, 75, 75, 1, 69]);
  expect(seen.map(({ host }) => host)).toEqual([
    ...['lost', 'absent', 'fast', 'refuses', 'slow', 'hangs', 'late'],
  ]);
  expect([stopped, clock.now()]).toEqual([undefined, 1000]);
});

test('an answer that comes twice, or after the result, is counted and changes nothing', async () => {
  const twice = [10, 20].map((afterMs) => ({ afterMs, delivery: answerOf('a') }));
  const { run, seen } = rig({ a: { replies: twice }, b: answers('b', 150), c: answers('c', 300) });

  const { surplus, results } = await run({ waitMs: 100, fanout: 1, hosts: ['b', 'a', 'c'] });

  expect(outcomes(results)).toEqual(['b unknown 100', 'a answered 10', 'c unknown 100']);
  expect([surplus, seen.length]).toEqual([2, 3]);
});

test('the deadline ends everything: what is away is unknown, the rest was not sent', async () => {
  const { run, clock, transport } = rig({ a: answers('a', 40), b: {}, c: {}, d: {} });

  const { results, stopped } = await run({ fanout: 2, deadlineMs: 100 });

  expect(outcomes(results)).toEqual([
    ...['a answered 40', 'b unknown 100', 'c unknown 60', 'd not-sent 0'],
  ]);
  expect(stopped).toBe('the deadline of 100 ms passed');
  expect(clock.now()).toBe(100);
  expect(transport.received.map(({ host }) => host)).toEqual(['a', 'b', 'c']);
});

test('a signal ends it at once, and one that was aborted before lets nothing out', async () => {
  const { run, clock, abort, transport } = rig({ a: {}, b: {} });
  clock.timer(50, () => {
    abort.abort();
  });

  expect(outcomes((await run({ fanout: 1 })).results)).toEqual(['a unknown 50', 'b not-sent 0']);
  expect(outcomes((await run()).results)).toEqual(['a not-sent 0', 'b not-sent 0']);
  expect(transport.received.length).toBe(1);
});

test('the canaries are awaited before the rest is asked', async () => {
  const { run, transport } = rig(fleetOf([0, 0, 0, 0]));

  await run({ canaries: 2 });

  const times = transport.received.map(({ host, atMs }) => `${host} ${atMs}`);
  expect(times).toEqual(['h0 0', 'h1 0', 'h2 10', 'h3 10']);
});

test.each([
  // Of 4 canaries, 25 % is one.
  { failing: 1, percent: 25, sent: 8, stopped: undefined },
  { failing: 2, percent: 25, sent: 4, stopped: 'stopped: 2 of 4 hosts failed' },
  { failing: 1, percent: 0, sent: 4, stopped: 'stopped: 1 of 4 hosts failed' },
  { failing: 4, percent: 100, sent: 8, stopped: undefined },
])('$failing failing canaries of 4 with $percent %: $sent of 8 are asked', async (row) => {
  const codes = Array.from({ length: 8 }, (_, at) => (at < row.failing ? 0xc0 : 0));
  const { run, transport } = rig(fleetOf(codes));

  const { stopped, results } = await run({ canaries: 4, maxFailuresPercent: row.percent });

  expect([transport.received.length, stopped]).toEqual([row.sent, row.stopped]);
  expect(results.length).toBe(8);
});

test('too many failures of the rest end the sending; what is away is awaited', async () => {
  const { run, transport } = rig(fleetOf([0xc0, 0xc0, 0xc0, 0, 0, 0, 0, 0, 0, 0]));

  const { stopped, results } = await run({ fanout: 3, maxFailuresPercent: 10 });

  expect(stopped).toBe('stopped: 2 of 10 hosts failed');
  expect(transport.received.map(({ host }) => host)).toEqual(['h0', 'h1', 'h2', 'h3']);
  expect(outcomes(results).slice(2, 5)).toEqual([
    'h2 answered 10',
    'h3 answered 10',
    'h4 not-sent 0',
  ]);
});

test('no host is an end, too', async () => {
  const { run } = rig({});

  expect(await run()).toEqual({ results: [], stopped: undefined, surplus: 0 });
});

test('an error of the caller that is told of a result ends it, and is not swallowed', async () => {
  const { run, transport } = rig(fleetOf([0, 0, 0]));
  const send = transport.send.bind(transport);
  transport.send = (host, question, listener) =>
    send(host, question, (delivery) => {
      try {
        listener(delivery);
      } catch {
        // A transport goes on with other messages.
      }
    });
  const onResult = (): never => {
    throw new RangeError('too long');
  };

  await expect(run({ fanout: 2, onResult })).rejects.toThrow('too long');
  expect(transport.received.map(({ host }) => host)).toEqual(['h0', 'h1']);
});

test.each([[-1], [256], [512], [1e9], [0.5], ['0']])(
  'a smoke test that ends with %j is not taken for a good one',
  (exitCode) => {
    expect(exitCodeFor({ kind: 'answer', body: { result: { exitCode } } })).toBe(70);
  },
);
