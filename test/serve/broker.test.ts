/** The broker: what it sends, what it refuses, what it counts, and the events that it tells. */

import { describe, expect, test } from 'vitest';

import type { BmcEvent } from '../../src/index.ts';
import { CLIENTS_MAX, CLIENTS_OF_USER_MAX } from '../../src/serve/broker.ts';
import { WAITING_MAX } from '../../src/serve/brokered-client.ts';
import { brokerRig, rootOf, userOf } from '../support/broker-rig.ts';
import { GET_DEVICE_ID, echo, outcomeOf } from '../support/rig.ts';

/** A record of a sensor. */
const EVENT = [0x34, 0x12, 0x02, ...[0, 0, 0, 0], 0x20, 0x00, 0x04, 1, 1, 1, 0, 0, 0];

describe('requests', () => {
  test('of eight clients at once get their own answers, one after the other', async () => {
    const { clock, bmc, client } = await brokerRig({ responseMs: 5 });
    const clients = Array.from({ length: 8 }, (_, index) => client(index + 1));
    const before = bmc.executed.length;

    const sent = clients.flatMap((one, index) =>
      [1, 2, 3].map((round) => outcomeOf(one.request(echo(index, round)))),
    );

    const expected = clients.flatMap((_, index) => [1, 2, 3].map((round) => [index, round]));
    expect(await clock.until(Promise.all(sent))).toEqual(expected);
    const order = bmc.executed.slice(before).map(({ data }) => [...data]);
    const rounds = [1, 2, 3].flatMap((round) => clients.map((_, index) => [index, round]));
    expect(order).toEqual(rounds);
  });

  test('of a caller that is mistaken are refused as the device does', async () => {
    const { client } = await brokerRig();
    const one = client(1);

    await expect(one.request({ netFn: 7, cmd: 1 })).rejects.toThrow(RangeError);
    await expect(one.request({ netFn: 6, cmd: 1 }, { timeoutMs: -1 })).rejects.toThrow(RangeError);
    expect(one.pending).toBe(0);
  });

  test('beyond the limit of a client are refused, and cost no other client its place', async () => {
    const { clock, broker, client } = await brokerRig({ responseMs: 5 });
    const [flood, other] = [client(1), client(2)];
    const sent = Array.from({ length: WAITING_MAX + 3 }, () => outcomeOf(flood.request(echo(1))));

    expect(flood.pending).toBe(WAITING_MAX + 1);
    const answer = await clock.until(outcomeOf(other.request(echo(2))));
    const outcomes = await clock.until(Promise.all(sent));

    const full = { code: 'QUEUE_FULL', outcome: 'not-sent' };
    expect(answer).toEqual([2]);
    expect(outcomes.slice(WAITING_MAX + 1)).toEqual([full, full]);
    expect(new Set(outcomes.slice(0, WAITING_MAX + 1).map(String))).toEqual(new Set(['1']));
    expect(broker.status().totals).toMatchObject({
      ...{ requests: WAITING_MAX + 2, answered: WAITING_MAX + 2, failed: 0 },
      overflowed: 2,
    });
  });

  test('are repeated by the device alone: one of which nothing came is given to it once', async () => {
    const { clock, bmc, client } = await brokerRig({
      answer: ({ netFn }) => (netFn === 0x30 ? 'drop' : undefined),
    });
    const before = bmc.executed.length;

    const outcome = await clock.until(outcomeOf(client(1).request(echo(1))));

    expect(outcome).toMatchObject({ outcome: 'unknown' });
    const dropped = bmc.executed.slice(before).filter(({ netFn }) => netFn === 0x30);
    expect(dropped).toHaveLength(1);
  });
});

describe('clients', () => {
  test('are limited in number, all together', async () => {
    const { broker, client, lines } = await brokerRig();
    const clients = Array.from({ length: CLIENTS_MAX }, (_, index) => client(index + 1));

    expect(() => client(1000)).toThrow(/QUEUE_FULL: 256 clients are open/);
    clients[0]?.close();
    expect(client(1000).opener.pid).toBe(1000);
    expect(broker.status()).toMatchObject({ clientsOpened: CLIENTS_MAX + 1, clientsRefused: 1 });
    expect(lines.map(({ text }) => text)).toEqual(['client refused: too many are open']);
  });

  test('of one user are limited, and leave room for others', async () => {
    const { broker, client } = await brokerRig();
    for (let count = 0; count < CLIENTS_OF_USER_MAX; count += 1) broker.open(userOf(1000));

    const text = /64 clients of user 1000 are open, the most that one user may have/;
    expect(() => broker.open(userOf(1000))).toThrow(text);
    expect([broker.open(userOf(1001)).pending, client(1).pending]).toEqual([0, 0]);
  });

  test('cannot be had of a broker that is closed', async () => {
    const { broker, client } = await brokerRig();
    const one = client(1);
    broker.close();

    await expect(one.request(GET_DEVICE_ID)).rejects.toMatchObject({ code: 'DEVICE_CLOSED' });
    const awaited = one.expectAnswer({ channel: 0, address: 0x2c, netFn: 6, cmd: 1 });
    await expect(awaited).rejects.toThrow('DEVICE_CLOSED');
    expect(() => client(2)).toThrow('DEVICE_CLOSED');
  });
});

describe('the status', () => {
  test('has the counters of each client, and of those that have left', async () => {
    const { clock, broker, client } = await brokerRig({ responseMs: 5 });
    const [one, other] = [client(1), client(2)];
    const sent = [one.request(echo(1)), other.request(echo(2)), other.request(echo(3))];
    const during = broker.status();
    await clock.until(Promise.all(sent));
    one.close();

    expect(during).toMatchObject({ state: 'ready', waiting: 2, isBusy: true });
    expect(during.clients.map(({ waiting, pending }) => [waiting, pending])).toEqual([
      [0, 1],
      [2, 2],
    ]);
    const after = broker.status();
    expect(after.totals).toMatchObject({ requests: 3, answered: 3, failed: 0 });
    expect(after.clients).toMatchObject([
      { opener: rootOf(2), waiting: 0, pending: 0, counters: { requests: 2, answered: 2 } },
    ]);
    // The second waited for the first, and the third for both.
    const { waitedMs, waitedMaxMs } = after.clients[0]?.counters ?? { waitedMs: 0, waitedMaxMs: 0 };
    expect(waitedMaxMs).toBeGreaterThanOrEqual(10);
    expect(waitedMs - waitedMaxMs).toBeGreaterThanOrEqual(5);
    expect(waitedMs).toBeLessThan(20);
  });
});

describe('events', () => {
  test('are told to all clients that listen, and read only while one does', async () => {
    const { clock, bmc, broker, client } = await brokerRig();
    const [one, other] = [client(1), client(2)];
    const told: string[] = [];
    const tell =
      (name: string) =>
      (event: BmcEvent): void =>
        void told.push(`${name} ${event.kind}`);
    const ends = [one.listen(tell('one')), other.listen(tell('other'))];
    await clock.pass(1000);
    bmc.addEvent(EVENT);
    await clock.pass(1000);
    expect(told).toEqual(['one event', 'other event']);
    expect(broker.status().clients.map(({ isListening }) => isListening)).toEqual([true, true]);

    ends[0]?.();
    bmc.addEvent(EVENT);
    await clock.pass(1000);
    expect(told).toEqual(['one event', 'other event', 'other event']);

    other.close();
    await clock.pass(1000);
    const before = bmc.executed.length;
    bmc.raiseSmsAttention();
    await clock.pass(20_000);
    expect(told).toHaveLength(3);
    expect(bmc.executed).toHaveLength(before);
    expect(one.listen(tell('one'))).toBeTypeOf('function');
    expect(broker.status().totals.events).toBe(3);
  });

  test('are not asked for on account of a client that may hear none', async () => {
    const { clock, bmc, broker } = await brokerRig();
    const nobody = broker.open(userOf(1000));
    nobody.listen(() => undefined);
    await clock.pass(1000);

    expect(bmc.addEvent(EVENT)).toBe(false);
    expect(broker.status().clients.map(({ isListening }) => isListening)).toEqual([false]);
  });
});
