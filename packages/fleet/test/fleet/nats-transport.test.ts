/** Questions and answers over NATS, with answers of agents that are hostile. */

import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, test } from 'vitest';

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

  status(): readonly never[] {
    return [];
  }

  /** Delivers a message to what has subscribed, the last first. */
  deliver(subject: string, data: Uint8Array): void {
    const message = {
      subject,
      data,
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

test('only names that agents have are found', async () => {
  const { connection, clock, transport } = rig();
  const found = transport.discover(100);
  const [{ reply } = { reply: '' }] = connection.published;
  const hosts = ['uv1', 'UV2', 'uv3.example.org', 'all', '', 'a\u001B[2Jb', 'a\nb', 'a,b', 7, null];
  for (const host of hosts) connection.deliver(reply, bodyOf({ metadata: { host } }));
  connection.deliver(reply, Buffer.from('no JSON'));

  expect(await clock.until(found)).toEqual(['uv1']);
});
