/** The stream of events on a NATS server, as its administrator makes it and an agent fills it. */

import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

import { bodyOf } from '../../src/nats/protocol.ts';
import type { HostEvent } from '../../src/nats/protocol.ts';

const STREAM = 'ipmi-bt-events';

/**
 * Makes the stream; what its administrator does. A site may keep other subjects in it, to which no
 * agent of that host is bound.
 */
export async function testStream(admin: NatsConnection) {
  const { streams, consumers } = await jetstreamManager(admin);
  const make = async (): Promise<void> => {
    await streams.add({ name: STREAM, subjects: [`${STREAM}.*`, 'others.*'] });
  };
  await make();
  return {
    make,
    destroy: async () => await streams.delete(STREAM),
    makeConsumer: async (config: object) => await consumers.add(STREAM, config),
    consumer: async (durable: string) => await consumers.info(STREAM, durable),
    /** The server may fail to remove a file that it writes now, and has forgotten it. */
    forget: async (durable: string): Promise<void> => {
      await consumers.delete(STREAM, durable).catch(() => undefined);
    },
    publish: async (event: HostEvent, subject = `${STREAM}.${event.host}`): Promise<unknown> =>
      await jetstream(admin).publish(subject, bodyOf(event), { msgID: event.id }),
  };
}
