/** The events of the stream over Debian's NATS server, which is killed, and forgets its stream. */

import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { systemClock } from 'ipmi-bt';
import { expect, onTestFinished, test, vi } from 'vitest';

import { bodyOf } from '../../src/nats/protocol.ts';
import { feedEvents } from '../../src/page/event-feed.ts';
import { NatsServer } from '../nats/nats-server.ts';
import { tempFolder } from '../temp-folder.ts';
import { eventOf } from './rig.ts';

const STREAM = 'ipmi-bt-events';

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
  const { streams } = await jetstreamManager(admin);
  const make = async (): Promise<unknown> =>
    await streams.add({ name: STREAM, subjects: [`${STREAM}.*`] });
  const publish = async (id: string): Promise<unknown> =>
    await jetstream(admin).publish(`${STREAM}.uv1`, bodyOf(eventOf('uv1', id, 'hot')), {
      msgID: id,
    });
  const told: string[] = [];
  const untilTold = async (...ids: readonly string[]): Promise<void> => {
    await vi.waitFor(() => {
      expect(told).toEqual(ids);
    }, PATIENCE);
  };
  await make();
  void feedEvents(
    {
      ...{ connection: viewer, prefix: 'ipmi-bt', clock: systemClock, backlog: 300, lookMs: 200 },
      onEvent: ({ id }) => void told.push(id),
      ...{ onError: () => undefined, onTrouble: () => undefined },
    },
    ending.signal,
  );

  await publish('a');
  await untilTold('a');
  await server.kill();
  await server.start();
  for (const id of ['b', 'c']) await vi.waitFor(async () => await publish(id), PATIENCE);
  await untilTold('a', 'b', 'c');
  await streams.delete(STREAM);
  await make();
  await publish('d');
  await publish('e');
  await untilTold('a', 'b', 'c', 'd', 'e');
});
