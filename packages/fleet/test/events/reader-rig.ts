/** Readers of events over Debian's NATS server, and what they tell. */

import type { NatsConnection } from '@nats-io/transport-node';
import { expect, onTestFinished, vi } from 'vitest';

import { EventReader } from '../../src/events/event-reader.ts';
import type { EventReaderParts } from '../../src/events/event-reader.ts';
import { SeenIds } from '../../src/events/seen-ids.ts';
import { FakeDisk } from '../disk/fake-disk.ts';
import { NatsServer, USERS } from '../nats/nats-server.ts';
import { testStream } from '../nats/test-stream.ts';
import { tempFolder } from '../temp-folder.ts';

const AT = '2026-01-01T00:00:00.000Z';

export const PATIENCE = { timeout: 120_000, interval: 50 };

export const NO_STREAM =
  'there is no stream ipmi-bt-events of events: make it, once for all hosts (docs/fleet.md)';

const DURABLE = { prefix: 'ipmi-bt', durable: 'reader', lookMs: 200 };

/** A server with a stream, its users, and what readers tell. */
export class ReaderRig {
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
