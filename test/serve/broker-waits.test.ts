/** The ways in which a request ends while it waits for its turn, and what is never sent then. */

import { describe, expect, test } from 'vitest';

import { AbortReason } from '../../src/errors.ts';
import { brokerRig } from '../support/broker-rig.ts';
import type { BrokerRig } from '../support/broker-rig.ts';
import { GET_DEVICE_ID, echo, outcomeOf } from '../support/rig.ts';

/** The simulator's commands that return their data, by that data, since `before`. */
function echoesOf({ bmc }: BrokerRig): readonly number[] {
  return bmc.executed.filter(({ netFn }) => netFn === 0x30).map(({ data }) => data[0] ?? -1);
}

describe('a request that waits', () => {
  test('ends with its timeout, which counts from the call, and is not sent', async () => {
    const rig = await brokerRig({ responseMs: 400 });
    const { clock, client } = rig;
    const [first, second] = [client(1), client(2)];
    const startMs = clock.now();
    const long = outcomeOf(first.request(echo(1)));

    const late = await clock.until(outcomeOf(second.request(echo(2), { timeoutMs: 100 })));

    expect(late).toEqual({ code: 'REQUEST_TIMEOUT', outcome: 'not-sent' });
    expect(clock.now() - startMs).toBe(100);
    expect(second.pending).toBe(0);
    expect(await clock.until(long)).toEqual([1]);
    expect(echoesOf(rig)).toEqual([1]);
  });

  test('says in its error how long it has waited, and that it was not sent', async () => {
    const { clock, client } = await brokerRig({ responseMs: 400 });
    const long = client(1).request(GET_DEVICE_ID);

    const late = client(2).request(GET_DEVICE_ID, { timeoutMs: 100 });

    const text =
      'REQUEST_TIMEOUT: Get Device ID (netFn 0x06 cmd 0x01): ' +
      'its turn behind other programs did not come within 100 ms; it was not sent';
    await expect(clock.until(late)).rejects.toThrow(text);
    await clock.until(long);
  });

  test('has the rest of its time at the BMC', async () => {
    const rig = await brokerRig({ responseMs: 400 });
    const { clock, client } = rig;
    const startMs = clock.now();
    const long = outcomeOf(client(1).request(echo(1)));

    const late = await clock.until(outcomeOf(client(2).request(echo(2), { timeoutMs: 600 })));

    expect(late).toEqual({ code: 'REQUEST_TIMEOUT', outcome: 'unknown' });
    expect(clock.now() - startMs).toBe(600);
    expect(await long).toEqual([1]);
    await clock.pass(1000);
    expect(echoesOf(rig)).toEqual([1, 2]);
  });

  test('ends when its signal aborts, before and after its turn', async () => {
    const rig = await brokerRig({ responseMs: 50 });
    const { clock, client } = rig;
    const [first, second] = [client(1), client(2)];
    const [begun, waiting] = [new AbortController(), new AbortController()];
    const sent = [
      outcomeOf(first.request(echo(1), { signal: begun.signal })),
      outcomeOf(second.request(echo(2), { signal: waiting.signal })),
      outcomeOf(second.request(echo(3), { signal: AbortSignal.abort(new AbortReason('no')) })),
      outcomeOf(second.request(echo(4))),
    ];
    clock.timer(10, () => {
      begun.abort();
      waiting.abort();
    });

    const outcomes = await clock.until(Promise.all(sent));

    const aborted = { code: 'REQUEST_ABORTED', outcome: 'not-sent' };
    expect(outcomes).toEqual([{ ...aborted, outcome: 'unknown' }, aborted, aborted, [4]]);
    expect(echoesOf(rig)).toEqual([1, 4]);
  });

  test('has the timeout of the device when it names none', async () => {
    const { clock, client, bmc } = await brokerRig({ answer: dropOem });
    const startMs = clock.now();
    // Each has an attempt at a BMC that drops it, until the last has waited for too long.
    const sent = [1, 2, 3, 4, 5].map((value) => outcomeOf(client(value).request(echo(value))));

    const outcomes = await clock.until(Promise.all(sent));

    const last = outcomes.at(-1);
    expect(outcomes[0]).toEqual({ code: 'BMC_UNRESPONSIVE', outcome: 'unknown' });
    expect(last).toEqual({ code: 'REQUEST_TIMEOUT', outcome: 'not-sent' });
    // The BMC says that it takes up to 10 s, so that an attempt has 11, and a request three.
    expect(clock.now() - startMs).toBe(33_000);
    expect(bmc.executed.filter(({ netFn }) => netFn === 0x30)).toHaveLength(3);
  });
});

describe('a client that is closed', () => {
  test('has what waits dropped, and never sent', async () => {
    const rig = await brokerRig({ responseMs: 50 });
    const { clock, client, broker } = rig;
    const [first, second, third] = [client(1), client(2), client(3)];
    const sent = [
      outcomeOf(first.request(echo(1))),
      outcomeOf(second.request(echo(2))),
      outcomeOf(second.request(echo(3))),
      outcomeOf(third.request(echo(4))),
    ];
    clock.timer(10, () => {
      second.close();
      second.close();
    });

    const outcomes = await clock.until(Promise.all(sent));

    const closed = { code: 'DEVICE_CLOSED', outcome: 'not-sent' };
    expect(outcomes).toEqual([[1], closed, closed, [4]]);
    expect(echoesOf(rig)).toEqual([1, 4]);
    expect(broker.status().totals).toMatchObject({ requests: 4, answered: 2, failed: 2 });
  });

  test('leaves what the BMC has to run to its end, and the next request its turn', async () => {
    const rig = await brokerRig({ responseMs: 50 });
    const { clock, client } = rig;
    const [first, second] = [client(1), client(2)];
    const begun = outcomeOf(first.request(echo(1)));
    clock.timer(10, () => {
      first.close();
    });

    const next = await clock.until(outcomeOf(second.request(echo(2))));

    expect(await begun).toEqual({ code: 'REQUEST_ABORTED', outcome: 'unknown' });
    expect(next).toEqual([2]);
    expect(echoesOf(rig)).toEqual([1, 2]);
  });

  test('has nothing sent to a BMC that is away and comes back', async () => {
    const rig = await brokerRig({ responseMs: 1, restartMs: 20_000 });
    const { clock, client, broker } = rig;
    const [first, second] = [client(1), client(2)];
    await clock.until(first.request({ netFn: 0x06, cmd: 0x02 }));
    await clock.pass(2000);
    expect(broker.status().state).toBe('lost');

    const begun = outcomeOf(first.request(echo(1)));
    await clock.pass(1000);
    first.close();
    const next = outcomeOf(second.request(echo(2), { timeoutMs: 60_000 }));

    expect(await begun).toEqual({ code: 'REQUEST_ABORTED', outcome: 'not-sent' });
    expect(await clock.until(next)).toEqual([2]);
    expect(echoesOf(rig)).toEqual([2]);
  });
});

function dropOem({ netFn }: { readonly netFn: number }): 'drop' | undefined {
  return netFn === 0x30 ? 'drop' : undefined;
}
