/** A reader whose connection is closed is over at once, and waits for nothing more. */

import { VirtualClock } from 'ipmi-bt/sim/clock';
import { expect, onTestFinished, test, vi } from 'vitest';

import { EventReader } from '../../src/events/event-reader.ts';
import { SeenIds } from '../../src/events/seen-ids.ts';
import { FakeDisk } from '../disk/fake-disk.ts';
import { NatsServer } from '../nats/nats-server.ts';
import { testStream } from '../nats/test-stream.ts';
import { tempFolder } from '../temp-folder.ts';
import { turn } from './turn.ts';

const PATIENCE = { timeout: 60_000, interval: 20 };

test('a connection that is closed leaves no timer behind, and no error', async () => {
  const server = new NatsServer(tempFolder());
  await server.start();
  onTestFinished(() => server.kill());
  const [admin, user] = [await server.connect('admin'), await server.connect('reader')];
  await testStream(admin);
  const clock = new VirtualClock();
  const errors: unknown[] = [];
  const reader = await EventReader.open({
    ...{ connection: user, prefix: 'ipmi-bt', durable: 'reader', clock },
    seen: new SeenIds(new FakeDisk()),
    onEvent: () => Promise.resolve(),
    onError: (error) => void errors.push(error),
  });
  await vi.waitFor(() => {
    expect(clock.pending).toBeGreaterThan(0);
  }, PATIENCE);
  await Promise.all([user.close(), admin.close()]);

  await vi.waitFor(() => {
    expect(clock.pending).toBe(0);
  }, PATIENCE);
  // As many turns as a further pause would need to begin.
  for (let turns = 0; turns < 10; turns += 1) await turn();
  expect([clock.pending, errors]).toEqual([0, []]);
  await reader.close();
});
