/**
 * Events of a durable consumer over Debian's NATS server, which is killed, and forgets the consumer
 * and its stream.
 */

import { expect, onTestFinished, test, vi } from 'vitest';

import { EventReader } from '../../src/events/event-reader.ts';
import { SeenIds } from '../../src/events/seen-ids.ts';
import { FakeDisk } from '../disk/fake-disk.ts';
import { NatsServer } from '../nats/nats-server.ts';
import { testStream } from '../nats/test-stream.ts';
import { tempFolder } from '../temp-folder.ts';

const AT = '2026-01-01T00:00:00.000Z';

const PATIENCE = { timeout: 120_000, interval: 50 };

test('all come, each once, after the server was killed, and the consumer and the stream made again', async () => {
  const server = new NatsServer(tempFolder());
  await server.start();
  const [admin, user] = await Promise.all(['admin', 'reader'].map((one) => server.connect(one)));
  if (admin === undefined || user === undefined) throw new Error('bug: there are two');
  const stream = await testStream(admin);
  const publish = async (id: string, subject?: string): Promise<unknown> =>
    await stream.publish({ host: 'uv1', id, kind: 'sel', at: AT }, subject);
  const told: string[] = [];
  const errors: string[] = [];
  const untilTold = async (...ids: readonly string[]): Promise<void> => {
    await vi.waitFor(() => {
      expect(told).toEqual(ids);
    }, PATIENCE);
  };
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

  await publish('forged', 'others.uv1');
  await publish('a');
  await untilTold('a');
  await server.kill();
  await server.start();
  await vi.waitFor(async () => await publish('b'), PATIENCE);
  await untilTold('a', 'b');
  await stream.forget('reader');
  await publish('c');
  await untilTold('a', 'b', 'c');
  await stream.destroy();
  await stream.make();
  // As an agent does that has lost its files.
  await publish('c');
  await publish('d');
  await untilTold('a', 'b', 'c', 'd');
  expect(errors[0]).toMatch(/^the message of others\.uv1 is no event: /);
  expect(errors).toContain('NATS has lost the consumer reader of ipmi-bt-events: it is made again');
  await reader.close();
});
