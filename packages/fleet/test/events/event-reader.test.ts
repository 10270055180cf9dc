/**
 * Events of a durable consumer over Debian's NATS server, which is killed, and forgets the consumer
 * and its stream.
 */

import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { expect, onTestFinished, test, vi } from 'vitest';

import { EventReader } from '../../src/events/event-reader.ts';
import { SeenIds } from '../../src/events/seen-ids.ts';
import { bodyOf } from '../../src/nats/protocol.ts';
import { FakeDisk } from '../disk/fake-disk.ts';
import { NatsServer } from '../nats/nats-server.ts';
import { tempFolder } from '../temp-folder.ts';

const STREAM = 'ipmi-bt-events';
const AT = '2026-01-01T00:00:00.000Z';

const PATIENCE = { timeout: 120_000, interval: 50 };

test('all come, each once, after the server was killed, and the consumer and the stream made again', async () => {
  const server = new NatsServer(tempFolder());
  await server.start();
  const [admin, user] = await Promise.all(['admin', 'reader'].map((one) => server.connect(one)));
  if (admin === undefined || user === undefined) throw new Error('bug: there are two');
  const { streams, consumers } = await jetstreamManager(admin);
  const make = async (): Promise<unknown> =>
    await streams.add({ name: STREAM, subjects: [`${STREAM}.*`] });
  const publish = async (id: string): Promise<unknown> =>
    await jetstream(admin).publish(
      `${STREAM}.uv1`,
      bodyOf({ host: 'uv1', id, kind: 'sel', at: AT }),
      { msgID: id },
    );
  const told: string[] = [];
  const errors: string[] = [];
  const untilTold = async (...ids: readonly string[]): Promise<void> => {
    await vi.waitFor(() => {
      expect(told).toEqual(ids);
    }, PATIENCE);
  };
  await make();
  const reader = await EventReader.open({
    ...{ connection: user, prefix: 'ipmi-bt', durable: 'reader', lookMs: 200 },
    seen: new SeenIds(new FakeDisk()),
    onEvent: async ({ id }) => {
      await Promise.resolve();
      told.push(id);
    },
    onError: (error) => {
      errors.push((error as Error).message);
    },
  });
  onTestFinished(async () => {
    await Promise.all([admin.close(), user.close()]);
    await server.kill();
  });

  await publish('a');
  await untilTold('a');
  await server.kill();
  await server.start();
  await vi.waitFor(async () => await publish('b'), PATIENCE);
  await untilTold('a', 'b');
  await consumers.delete(STREAM, 'reader');
  await publish('c');
  await untilTold('a', 'b', 'c');
  await streams.delete(STREAM);
  await make();
  // As an agent does that has lost its files.
  await publish('c');
  await publish('d');
  await untilTold('a', 'b', 'c', 'd');
  expect(errors).toContain('NATS has lost the consumer reader of ipmi-bt-events: it is made again');
  await reader.close();
});
