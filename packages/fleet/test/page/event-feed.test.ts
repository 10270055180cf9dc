/** The events of the stream over Debian's NATS server, which is killed, and forgets its stream. */

import { systemClock } from 'ipmi-bt';
import { expect, onTestFinished, test, vi } from 'vitest';

import { feedEvents } from '../../src/page/event-feed.ts';
import { NatsServer } from '../nats/nats-server.ts';
import { testStream } from '../nats/test-stream.ts';
import { tempFolder } from '../temp-folder.ts';
import { eventOf } from './rig.ts';

const PATIENCE = { timeout: 120_000, interval: 50 };

test('all of them come, once, after the server was killed and after the stream was made again', async () => {
  const server = new NatsServer(tempFolder());
  await server.start();
  const [admin, viewer] = await Promise.all(['admin', 'viewer'].map((one) => server.connect(one)));
  if (admin === undefined || viewer === undefined) throw new Error('bug: there are two');
  const ending = new AbortController();
  onTestFinished(async () => {
    ending.abort();
    await Promise.all([admin.close(), viewer.close()]);
    await server.kill();
  });
  const stream = await testStream(admin);
  const publish = async (id: string, subject?: string): Promise<unknown> =>
    await stream.publish(eventOf('uv1', id, 'hot'), subject);
  const told: string[] = [];
  const wrong: string[] = [];
  const untilTold = async (...ids: readonly string[]): Promise<void> => {
    await vi.waitFor(() => {
      expect(told).toEqual(ids);
    }, PATIENCE);
  };
  void feedEvents(
    {
      ...{ connection: viewer, prefix: 'ipmi-bt', clock: systemClock, backlog: 300, lookMs: 200 },
      onEvent: ({ id }) => void told.push(id),
      onError: (subject, error) => void wrong.push(`${subject}: ${String(error)}`),
      onTrouble: () => undefined,
    },
    ending.signal,
  );

  await publish('forged', 'others.uv1');
  await publish('a');
  await untilTold('a');
  expect(wrong).toEqual([
    'others.uv1: Error: the host that an event names is not that of its subject',
  ]);
  await server.kill();
  await server.start();
  for (const id of ['b', 'c']) await vi.waitFor(async () => await publish(id), PATIENCE);
  await untilTold('a', 'b', 'c');
  await stream.destroy();
  await stream.make();
  await publish('d');
  await publish('e');
  await untilTold('a', 'b', 'c', 'd', 'e');
});
