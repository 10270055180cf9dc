/** Questions and answers over NATS, with answers of agents that are hostile. */

import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, test } from 'vitest';

import { HOSTS_MAX } from '../../src/fleet/host-names.ts';
import { NatsTransport } from '../../src/fleet/nats-transport.ts';
import type { Delivery, Question } from '../../src/fleet/transport.ts';
import { bodyOf } from '../../src/nats/protocol.ts';

const SEL: Question = { endpoint: 'sel', body: {} };

type Callback = (error: Error | null, message: Msg) => void;

/** A connection that keeps what is published, and delivers what a test says. */
class FakeConnection {
  readonly published: {
    readonly subject: string;
    readonly reply: string;
    readonly body: string;
  }[] = [];
  readonly #callbacks: [subject: string, callback: Callback][] = [];

  subscribe(subject: string, { callback }: { readonly callback: Callback }): object {
    this.#callbacks.push([subject, callback]);
    return { unsubscribe: () => undefined };
  }

  publish(subject: string, body: Uint8Array | undefined, { reply }: { reply: string }): void {
    this.published.push({ subject, reply, body: Buffer.from(body ?? []).toString() });
  }

  /** Answers in the order of what was published. */
  flush = (): Promise<void> => Promise.resolve();

  /** It is never lost. */
  status(): AsyncIterable<never> {
    const next = (): Promise<never> => new Promise(() => undefined);
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  /** Delivers a message to what has subscribed, the last first. */
  deliver(subject: string, data: Uint8Array, code?: number): void {
    const message = {
      ...{ subject, data, headers: code === undefined ? undefined : { code, has: () => false } },
      json: (): unknown => JSON.parse(Buffer.from(data).toString()),
    };
    const found = this.#callbacks.findLast(([pattern]) => {
      return pattern === subject || pattern.replace('*', '') === subject.replace(/[^.]*$/, '');
    });
    found?.[1](null, message as unknown as Msg);
  }
}

function rig() {
  const connection = new FakeConnection();
  const clock = new VirtualClock();
  const transport = new NatsTransport({
    ...{ connection: connection as unknown as NatsConnection, clock },
    ...{ prefix: 'ipmi-bt', user: 'alice' },
  });
  const told: Delivery[] = [];
  const ask = (host: string, question = SEL) =>
    transport.send(host, question, (delivery) => told.push(delivery));
  /** Answers the last question. */
  const answer = (fields: object): void => {
    connection.deliver(
      connection.published.at(-1)?.reply ?? '',
      bodyOf({ ...ANSWERED, ...fields }),
    );
  };
  return { connection, clock, transport, told, ask, answer };
}

const ANSWERED = { host: 'uv1', outcome: 'answered' };

test('the place of an answer says nothing of that of another', () => {
  const { connection, ask } = rig();
  ask('uv1');
  ask('uv2');

  const names = connection.published.map(({ reply }) => reply.split('.').at(-1) ?? '');
  expect(new Set(names).size).toBe(2);
  expect(names.join(' ')).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12} [\da-f-]{36}$/);
});

test('a page that comes twice is taken once', () => {
  const { connection, told, ask, answer } = rig();
  ask('uv1');
  const [{ reply } = { reply: '' }] = connection.published;
  answer({ result: [1], next: 'k.1' });
  connection.deliver(reply, bodyOf({ ...ANSWERED, result: [1], next: 'k.1' }));
  answer({ result: [2, 3] });

  expect(connection.published.map(({ body }) => body)).toEqual(['{}', '{"page":"k.1"}']);
  expect(told).toEqual([{ kind: 'answer', body: { ...ANSWERED, result: [1, 2, 3] } }]);
});

test('no page is asked for when nothing listens any more', () => {
  const { connection, told, ask, answer } = rig();
  const stop = ask('uv1');
  answer({ result: [1], next: 'k.1' });
  stop();
  answer({ result: [2], next: 'k.2' });

  expect([connection.published.length, told]).toEqual([2, []]);
});

test('pages without end are an error when they are more than an event log can be', () => {
  const { told, ask, answer } = rig();
  const page = { result: ['x'.repeat(16 * 1024 * 1024)], next: 'k.1' };
  ask('uv1');
  while (told.length === 0) answer(page);

  expect(told).toMatchObject([{ code: 'RESPONSE_MALFORMED', outcome: 'unknown' }]);
});

test('an answer whose lists go deeper than programs walk is an error', () => {
  const { connection, told, ask } = rig();
  ask('uv1');
  const result = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const text = `{"host":"uv1","outcome":"answered","result":${result}}`;
  connection.deliver(connection.published[0]?.reply ?? '', Buffer.from(text));

  expect(told).toMatchObject([{ code: 'RESPONSE_MALFORMED', outcome: 'unknown' }]);
});

/** Has these names told, and the server say that the absent ones have no agent. */
async function found(names: readonly unknown[], absent: readonly string[] = []) {
  const { connection, clock, transport, ask } = rig();
  const hosts = transport.discover(100);
  const [{ reply } = { reply: '' }] = connection.published;
  for (const host of names) connection.deliver(reply, bodyOf({ metadata: { host } }));
  connection.deliver(reply, Buffer.from('no JSON'));
  for (const { subject, reply: place } of connection.published.slice(1)) {
    const isAbsent = absent.some((host) => subject === `ipmi-bt.${host}.statistics.alice`);
    if (isAbsent) connection.deliver(place, Buffer.from(''), 503);
  }
  return { ...(await clock.until(hosts)), connection, clock, transport, ask };
}

test('only names that agents have are found', async () => {
  const names = ['uv1', 'UV2', 'uv3.example.org', 'all', '', 'a\u001B[2Jb', 'a\nb', 'a,b', 7, null];
  const { hosts, isCut } = await found([...names, 'x'.repeat(253), 'x'.repeat(254)]);

  expect([hosts, isCut]).toEqual([['uv1', 'x'.repeat(253)], false]);
});

test('a name is found when the server has a listener for its subject, whoever told it', async () => {
  const { hosts, connection } = await found(['uv1', 'made-up', 'uv2'], ['made-up']);

  expect(hosts).toEqual(['uv1', 'uv2']);
  expect(connection.published.map(({ subject }) => subject)).toEqual([
    '$SRV.PING.ipmi-bt',
    ...['uv1', 'made-up', 'uv2'].map((host) => `ipmi-bt.${host}.statistics.alice`),
  ]);
});

test('a name that was found is not tried again, and one that was made up is', async () => {
  const { connection, clock, transport } = await found(['uv1', 'made-up'], ['made-up']);
  const before = connection.published.length;
  const again = transport.discover(100);
  const reply = connection.published.at(-1)?.reply ?? '';
  for (const host of ['uv1', 'made-up']) connection.deliver(reply, bodyOf({ metadata: { host } }));
  const tried = connection.published.slice(before + 1);
  connection.deliver(tried[0]?.reply ?? '', Buffer.from(''), 503);

  expect(tried.map(({ subject }) => subject)).toEqual(['ipmi-bt.made-up.statistics.alice']);
  expect((await clock.until(again)).hosts).toEqual(['uv1']);
});

test('where the server says nothing, no name is believed', async () => {
  for (const silence of [
    () => new Promise<void>(() => undefined),
    () => Promise.reject(new Error('the connection was lost')),
  ]) {
    const { connection, clock, transport } = rig();
    connection.flush = silence;
    const hosts = transport.discover(100);
    const [{ reply } = { reply: '' }] = connection.published;
    connection.deliver(reply, bodyOf({ metadata: { host: 'uv1' } }));

    expect(await clock.until(hosts)).toEqual({ hosts: [], isCut: false });
    expect(clock.pending).toBe(0);
  }
});

test('so many names are tried and no more, which is told', async () => {
  const { clock, connection, transport } = rig();
  const finding = transport.discover(100);
  const [{ reply } = { reply: '' }] = connection.published;
  const tell = (host: string): void =>
    connection.deliver(reply, bodyOf({ metadata: { host, more: 'x'.repeat(30) } }));
  for (let at = 0; at < HOSTS_MAX + 50; at += 1) tell(`h${at}`);
  const { hosts, isCut } = await clock.until(finding);

  expect([hosts.length, isCut]).toEqual([HOSTS_MAX, true]);
  expect(connection.published).toHaveLength(HOSTS_MAX + 1);
});

test('an answer to a ping that is longer than any names no host', async () => {
  const { clock, connection, transport } = rig();
  const finding = transport.discover(100);
  const [{ reply } = { reply: '' }] = connection.published;
  connection.deliver(reply, bodyOf({ metadata: { host: 'uv1', more: 'x'.repeat(5000) } }));

  expect((await clock.until(finding)).hosts).toEqual([]);
});

test('what has no pages is not asked for the next one', () => {
  const { told, ask, answer, connection } = rig();
  ask('uv1', { endpoint: 'info', body: {} });
  answer({ result: ['x'.repeat(1_000_000)], next: 'k.1' });

  expect(connection.published).toHaveLength(1);
  expect(told).toMatchObject([{ code: 'RESPONSE_MALFORMED', outcome: 'unknown' }]);
});
