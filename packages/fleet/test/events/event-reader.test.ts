/**
 * Events of a durable consumer over Debian's NATS server, which is killed, and forgets the consumer
 * and its stream; and of readers that share one, with handlers that take long or always fail.
 */

import { VirtualClock } from 'ipmi-bt/sim/clock';
import type { NatsConnection } from '@nats-io/transport-node';
import { expect, onTestFinished, test, vi } from 'vitest';

import { EventReader } from '../../src/events/event-reader.ts';
import type { EventReaderParts } from '../../src/events/event-reader.ts';
import { SeenIds } from '../../src/events/seen-ids.ts';
import { FakeDisk } from '../disk/fake-disk.ts';
import { NatsServer, USERS } from '../nats/nats-server.ts';
import { testStream } from '../nats/test-stream.ts';
import { tempFolder } from '../temp-folder.ts';

const AT = '2026-01-01T00:00:00.000Z';

const PATIENCE = { timeout: 120_000, interval: 50 };

const HOUR_MS = 3_600_000;

const NO_STREAM =
  'there is no stream ipmi-bt-events of events: make it, once for all hosts (docs/fleet.md)';

const DURABLE = { prefix: 'ipmi-bt', durable: 'reader', lookMs: 200 };

/** A server with a stream, its users, and what readers tell. */
class Rig {
  readonly server: NatsServer;
  readonly told: string[] = [];
  readonly errors: string[] = [];

  constructor(users = USERS) {
    this.server = new NatsServer(tempFolder(), { users });
  }

  async start() {
    const { server } = this;
    await server.start();
    const admin = await this.connect('admin');
    const stream = await testStream(admin);
    onTestFinished(async () => {
      await server.kill();
    });
    const publish = async (id: string, subject?: string): Promise<unknown> =>
      await stream.publish({ host: 'uv1', id, kind: 'sel', at: AT }, subject);
    return { admin, stream, publish };
  }

  async connect(user: string): Promise<NatsConnection> {
    const connection = await this.server.connect(user);
    onTestFinished(async () => {
      await connection.close();
    });
    return connection;
  }

  /** A reader whose handler does what is said, or nothing. */
  async open(parts: Partial<EventReaderParts> & Pick<EventReaderParts, 'connection'>) {
    return await EventReader.open({
      ...DURABLE,
      seen: new SeenIds(new FakeDisk()),
      onEvent: async ({ id }) => {
        await Promise.resolve();
        this.told.push(id);
      },
      onError: (error) => void this.errors.push((error as Error).message),
      ...parts,
    });
  }

  async untilTold(...ids: readonly string[]): Promise<void> {
    await vi.waitFor(() => {
      expect(this.told).toEqual(ids);
    }, PATIENCE);
  }
}

test('all come, each once, after the server was killed, and the consumer and the stream made again', async () => {
  const rig = new Rig();
  const { stream, publish } = await rig.start();
  const { server, errors } = rig;
  const reader = await rig.open({ connection: await rig.connect('reader') });

  await publish('forged', 'others.uv1');
  await publish('a');
  await rig.untilTold('a');
  await server.kill();
  await server.start();
  await vi.waitFor(async () => await publish('b'), PATIENCE);
  await rig.untilTold('a', 'b');
  await stream.forget('reader');
  await publish('c');
  await rig.untilTold('a', 'b', 'c');
  await stream.destroy();
  await vi.waitFor(() => {
    expect(errors).toContain(NO_STREAM);
  }, PATIENCE);
  await stream.make();
  // As an agent does that has lost its files.
  await publish('c');
  await publish('d');
  await rig.untilTold('a', 'b', 'c', 'd');
  expect(errors[0]).toMatch(/^the message of others\.uv1 is no event: /);
  expect(errors).toContain('NATS has lost the consumer reader of ipmi-bt-events: it is made again');
  await server.kill();
  await reader.close();
});

test('without a stream, or a permission to read it, an error says so', async () => {
  const rig = new Rig();
  const { stream } = await rig.start();
  const permission =
    /^the stream ipmi-bt-events cannot be read: NATS does not let this user publish to \$JS\./;
  const opening = rig.open({ connection: await rig.connect('bob') });
  await expect(opening).rejects.toMatchObject({ name: 'EventStreamError', message: permission });
  await stream.destroy();
  await expect(rig.open({ connection: await rig.connect('reader') })).rejects.toMatchObject({
    ...{ name: 'EventStreamError', message: NO_STREAM },
  });
});

test('events that can never be handled, more than a consumer holds by default, hold up no other', async () => {
  const rig = new Rig();
  const { publish } = await rig.start();
  const bad = Array.from({ length: 1200 }, (_, at) => `bad-${at}`);
  await Promise.all(bad.map(async (id) => await publish(id)));
  await publish('good');
  const reader = await rig.open({
    connection: await rig.connect('reader'),
    onEvent: async ({ id }) => {
      await Promise.resolve();
      if (id.startsWith('bad')) throw new Error(id);
      rig.told.push(id);
    },
  });
  await rig.untilTold('good');

  expect(new Set(rig.errors)).toEqual(new Set(bad));
  await reader.close();
});

/** A reader that has got all events, and handles the first one until `end` is called. */
async function readerWithAll(rig: Rig, parts: Partial<EventReaderParts> = {}) {
  const { publish, admin, stream } = await rig.start();
  const ids = Array.from({ length: 50 }, (_, at) => `${at}`);
  for (const id of ids) await publish(id);
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const first = await rig.open({
    ...{ connection: await rig.connect('reader'), ackWaitMs: HOUR_MS, closeMs: 1 },
    onEvent: async ({ id }) => {
      begin();
      await ended;
      rig.told.push(id);
    },
    ...parts,
  });
  await begun;
  return { first, ids, end, admin, stream };
}

test('more events than a reader has at a time come, each once', async () => {
  const rig = new Rig();
  const { publish } = await rig.start();
  const ids = Array.from({ length: 2000 }, (_, at) => `${at}`);
  await Promise.all(ids.map(async (id) => await publish(id)));
  const reader = await rig.open({ connection: await rig.connect('reader') });
  await vi.waitFor(() => {
    expect(rig.told).toHaveLength(ids.length);
  }, PATIENCE);
  await publish('later');
  await vi.waitFor(() => {
    expect(rig.told.at(-1)).toBe('later');
  }, PATIENCE);
  await reader.close();

  expect(new Set(rig.told)).toEqual(new Set([...ids, 'later']));
  expect(rig.told).toHaveLength(ids.length + 1);
});

test('a right to acknowledge that is missing is told, once', async () => {
  const rig = new Rig({
    ...USERS,
    reader: USERS['reader']?.replace(/,\s*"\$JS\.ACK[^"]*"/, '') ?? '',
  });
  const { publish } = await rig.start();
  const reader = await rig.open({ connection: await rig.connect('reader') });
  for (const id of ['a', 'b', 'c']) {
    await publish(id);
    await vi.waitFor(() => {
      expect(rig.told).toContain(id);
    }, PATIENCE);
  }
  await vi.waitFor(() => {
    expect(rig.errors).toEqual([
      expect.stringMatching(
        /^NATS does not let this user publish to \$JS\.ACK\.ipmi-bt-events\.>: /,
      ),
    ]);
  }, PATIENCE);
  await reader.close();
});

test('a reader that ends gives back to others what it has not begun, and finishes the rest', async () => {
  const rig = new Rig();
  const { first, ids, end, stream } = await readerWithAll(rig);
  await first.close();
  const second = await rig.open({ connection: await rig.connect('reader'), ackWaitMs: HOUR_MS });
  await vi.waitFor(() => {
    expect([...rig.told].sort()).toEqual(ids.slice(1).sort());
  }, PATIENCE);
  end();
  await rig.untilTold(...[...rig.told, '0']);
  await second.close();

  // Also the event whose handler took longer than `close()` waits is acknowledged.
  await vi.waitFor(async () => {
    expect(await stream.consumer('reader')).toMatchObject({ num_ack_pending: 0, num_pending: 0 });
  }, PATIENCE);
  expect(rig.errors).toEqual([]);
});

test('the server hears of all events that a reader has, as long as a handler takes', async () => {
  const rig = new Rig();
  const clock = new VirtualClock();
  const { first, ids, end, admin } = await readerWithAll(rig, { clock, ackWaitMs: 72_000 });
  const said: string[] = [];
  admin.subscribe('$JS.ACK.ipmi-bt-events.reader.>', {
    callback: (_, message) => void said.push(message.string()),
  });
  await admin.flush();
  for (const rounds of [1, 2, 3]) {
    await clock.pass(10_000);
    await vi.waitFor(() => {
      expect(said).toEqual(Array.from({ length: rounds * ids.length }, () => '+WPI'));
    }, PATIENCE);
  }
  end();
  await rig.untilTold(...ids);
  const closing = first.close();
  await clock.until(closing);
});

test('a handler may wait for its reader to end', async () => {
  const rig = new Rig();
  const { publish } = await rig.start();
  await publish('a');
  await publish('b');
  const readers: EventReader[] = [];
  const connection = await rig.connect('reader');
  const ended = new Promise<void>((resolve) => {
    void rig
      .open({
        ...{ connection, closeMs: 1 },
        onEvent: async ({ id }) => {
          rig.told.push(id);
          await vi.waitFor(() => {
            expect(readers).toHaveLength(1);
          }, PATIENCE);
          await readers[0]?.close();
          resolve();
        },
      })
      .then((reader) => readers.push(reader));
  });
  await ended;
  await readers[0]?.close();
  const next = await rig.open({ connection });
  await rig.untilTold('a', 'b');
  await next.close();

  expect(rig.errors).toEqual([]);
});

test('an `onError` that throws is warned of, and ends nothing', async () => {
  const rig = new Rig();
  const { publish } = await rig.start();
  const warnings: string[] = [];
  const hear = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', hear);
  onTestFinished(() => void process.off('warning', hear));
  const reader = await rig.open({
    connection: await rig.connect('reader'),
    onError: () => {
      throw new Error('a bug');
    },
  });
  await publish('forged', 'others.uv1');
  await publish('a');
  await rig.untilTold('a');
  await reader.close();

  expect(warnings).toEqual([
    expect.stringMatching(
      /^onError of an EventReader threw Error: a bug; it was told: Error: the message of others/,
    ),
  ]);
});

test('a consumer that is there with other settings is changed, and its time not made shorter', async () => {
  const rig = new Rig();
  const { publish, stream } = await rig.start();
  const connection = await rig.connect('reader');
  for (const [id, ackWaitMs, longestMs] of [
    ['a', 30_000, 30_000],
    ['b', 40_000, 40_000],
    ['c', 20_000, 40_000],
  ] as const) {
    const reader = await rig.open({ connection, ackWaitMs });
    await publish(id);
    await vi.waitFor(() => {
      expect(rig.told).toContain(id);
    }, PATIENCE);
    await reader.close();
    expect(await stream.consumer('reader')).toMatchObject({
      config: { ack_wait: longestMs * 1e6, max_ack_pending: 10_000 },
    });
  }

  expect(rig.told).toEqual(['a', 'b', 'c']);
});
