/**
 * Events of a durable consumer over Debian's NATS server, which is killed, and forgets the consumer
 * and its stream; and of readers that share one, with handlers that take long or always fail.
 */

import { VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, onTestFinished, test, vi } from 'vitest';

import type { EventReader, EventReaderParts } from '../../src/events/event-reader.ts';
import { USERS } from '../nats/nats-server.ts';
import { NO_STREAM, PATIENCE, ReaderRig } from './reader-rig.ts';

const HOUR_MS = 3_600_000;

test('all come, each once, after the server was killed, and the consumer and the stream made again', async () => {
  const rig = new ReaderRig();
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

test('a stream that is made again under a backlog has all its events told, also those that fail once', async () => {
  const rig = new ReaderRig();
  const { stream, publish } = await rig.start();
  const [old, fresh] = ['old', 'new'].map((name) =>
    Array.from({ length: 40 }, (_, at) => `${name}-${at}`),
  ) as [string[], string[]];
  for (const id of old) await publish(id);
  let go = (): void => undefined;
  const gone = new Promise<void>((resolve) => (go = resolve));
  const failed = new Set<string>();
  const reader = await rig.open({
    connection: await rig.connect('reader'),
    onEvent: async ({ id }) => {
      rig.told.push(id);
      if (id.startsWith('old')) await gone;
      if (id.startsWith('old') || failed.has(id)) return;
      failed.add(id);
      throw new Error('once');
    },
  });
  await rig.untilTold('old-0');
  await stream.destroy();
  await stream.make();
  for (const id of fresh) await publish(id);
  go();
  const timesTold = (id: string): number => rig.told.filter((one) => one === id).length;
  await vi.waitFor(() => {
    expect(fresh.map(timesTold)).toEqual(fresh.map(() => 2));
  }, PATIENCE);
  await vi.waitFor(async () => {
    expect(await stream.consumer('reader')).toMatchObject({ num_ack_pending: 0, num_pending: 0 });
  }, PATIENCE);
  await reader.close();
});

test.each<[part: Partial<EventReaderParts>, told: string]>([
  [{ ackWaitMs: 999 }, 'ackWaitMs must be from 1000 to 86400000 ms, not 999'],
  [{ ackWaitMs: NaN }, 'ackWaitMs must be from 1000 to 86400000 ms, not NaN'],
  [{ lookMs: 0 }, 'lookMs must be from 1 to 86400000 ms, not 0'],
  [{ closeMs: -1 }, 'closeMs must be from 0 to 86400000 ms, not -1'],
  [
    { durable: 'a.b' },
    'the name of a durable consumer must have letters, digits, "-" and "_" only',
  ],
])('a choice that cannot be, %j, is refused', async (part, told) => {
  const rig = new ReaderRig();
  await rig.start();

  await expect(rig.open({ connection: await rig.connect('reader'), ...part })).rejects.toThrow(
    new RangeError(told),
  );
});

test('events that can never be handled, more than a consumer holds by default, hold up no other', async () => {
  const rig = new ReaderRig();
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
async function readerWithAll(rig: ReaderRig, parts: Partial<EventReaderParts> = {}) {
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
  const rig = new ReaderRig();
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
  const rig = new ReaderRig({
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
  const rig = new ReaderRig();
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
  const rig = new ReaderRig();
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
  const rig = new ReaderRig();
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
  const rig = new ReaderRig();
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
