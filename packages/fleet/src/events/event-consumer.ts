/**
 * The durable consumer of readers of events: made when it is not there, and refused where one of
 * that name would lose events.
 */

import type { Consumer, ConsumerInfo } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

import { streamTrouble } from '../nats/stream-trouble.ts';
import { eventStream, eventSubject } from '../nats/subjects.ts';

/** The consumer that a reader asks for. */
export interface ConsumerWish {
  readonly connection: NatsConnection;
  /** First token of all subjects. */
  readonly prefix: string;
  /**
   * Name of the consumer; readers of the same name share the events, and each is given to one of
   * them. The ids of handled events are those of one reader: after one is killed, or was without
   * NATS for `ackWaitMs`, another one may be told again what it was in, and what it had handled in
   * the tenth of a second before.
   */
  readonly durable: string;
  /**
   * Milliseconds after which NATS gives an event to another reader when this one is killed; 30 s
   * when absent. The longest of all readers of the name holds. A handler may take longer, as long
   * as it does not block the process.
   */
  readonly ackWaitMs?: number;
}

/** The events cannot be read; the message says why, and what to do. */
export class EventStreamError extends Error {
  override readonly name = 'EventStreamError';
}

/** Used where a wish has no time. */
export const ACK_WAIT_MS = 30_000;
export const NS_PER_MS = 1e6;

/** Events that wait to be told again; a handler that rejects so many stops the others, too. */
const AGAIN_MAX = 10_000;

/** The consumer, made if it is not there. Rejects with an {@link EventStreamError}. */
export async function openConsumer(wish: ConsumerWish): Promise<Consumer> {
  const { connection, prefix, durable, ackWaitMs = ACK_WAIT_MS } = wish;
  const { AckPolicy, jetstream, jetstreamManager } = await import('@nats-io/jetstream');
  const stream = eventStream(prefix);
  const settings = { ack_wait: ackWaitMs * NS_PER_MS, max_ack_pending: AGAIN_MAX };
  try {
    const { consumers } = await jetstreamManager(connection);
    const known = await consumers.info(stream, durable).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
    if (known === undefined) {
      await consumers.add(stream, {
        ...{ durable_name: durable, ack_policy: AckPolicy.Explicit, ...settings },
      });
    } else {
      checkKnown(known, { stream, all: eventSubject(prefix, '*') });
      // A reader that is there says in its own time that it has its events: it is not made shorter.
      const ack_wait = Math.max(known.config.ack_wait ?? 0, settings.ack_wait);
      await consumers.update(stream, durable, { ...settings, ack_wait });
    }
    return await jetstream(connection).consumers.get(stream, durable);
  } catch (error) {
    if (error instanceof EventStreamError) throw error;
    throw new EventStreamError(streamTrouble(error, stream), { cause: error });
  }
}

/** Throws for a consumer of an administrator by which a reader would not be told each event. */
function checkKnown(
  { name, config }: ConsumerInfo,
  { stream, all }: { readonly stream: string; readonly all: string },
): void {
  const { ack_policy, deliver_policy, max_deliver = -1, headers_only, deliver_subject } = config;
  const { filter_subject = '', filter_subjects = [filter_subject] } = config;
  const whole: readonly string[] = ['', '>', all];
  const odd = [
    ...(ack_policy === 'explicit' ? [] : [`ack_policy ${ack_policy}`]),
    ...(deliver_policy === 'all' ? [] : [`deliver_policy ${deliver_policy}`]),
    ...(max_deliver > 0 ? [`max_deliver ${max_deliver}`] : []),
    ...(filter_subjects.every((one) => !whole.includes(one))
      ? [`filter_subject ${filter_subjects.join(', ')}`]
      : []),
    ...(headers_only === true ? ['headers_only'] : []),
    ...(deliver_subject === undefined ? [] : ['deliver_subject']),
  ];
  if (odd.length === 0) return;
  const what = `the consumer ${name} of ${stream} has ${odd.join(', ')}, by which events would be lost`;
  const remedy = `have its administrator delete it (nats consumer rm ${stream} ${name})`;
  throw new EventStreamError(`${what}: ${remedy}, or choose another name (durable)`);
}

/** True for an error of the library for a consumer or a stream that is not there. */
export function isNotFound(error: unknown): boolean {
  return (error as Error).name.includes('NotFound');
}
