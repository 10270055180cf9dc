/**
 * Reads the events of all hosts from their stream, each once: one that was handled is acknowledged,
 * and dropped by its id when the stream has it again, however long after. A consumer that NATS has
 * lost is made again, and begins with all that the stream has.
 */

import type { Consumer, ConsumerMessages } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { systemClock } from 'ipmi-bt';
import type { Clock, RequestSignal } from 'ipmi-bt';

import { sleep } from '../clock.ts';
import { eventStream } from '../nats/subjects.ts';
import { BATCH_MAX, EventIntake } from './intake.ts';
import type { EventIntakeParts } from './intake.ts';

/** Everything that an {@link EventReader} is built from. */
export interface EventReaderParts extends EventIntakeParts {
  readonly connection: NatsConnection;
  /** Name of the consumer; readers of the same name share the events. */
  readonly durable: string;
  /** The clock of the system when absent. */
  readonly clock?: Clock;
  /** Milliseconds between two looks whether the consumer is still there; 15 s when absent. */
  readonly lookMs?: number;
}

/** The server sends an event again after so long without an acknowledgement, in nanoseconds. */
const ACK_WAIT_NS = 30e9;

const LOOK_MS = 15_000;

/** A consumer of NATS, and its messages. */
interface Subscription {
  readonly consumer: Consumer;
  readonly messages: ConsumerMessages;
}

export class EventReader {
  readonly #parts: EventReaderParts;
  readonly #end = new AbortController();
  readonly #loop: Promise<void>;

  private constructor(parts: EventReaderParts, first: Subscription) {
    this.#parts = parts;
    this.#loop = this.#run(first);
  }

  /** Begins, where a reader of that name ended. Loads the library of JetStream. */
  static async open(parts: EventReaderParts): Promise<EventReader> {
    return new EventReader(parts, await subscribe(parts));
  }

  /**
   * Ends, as closing the connection does; an event that is being handled is finished, and
   * acknowledged.
   */
  async close(): Promise<void> {
    this.#end.abort(new Error('closed'));
    await this.#loop;
  }

  async #run(first: Subscription): Promise<void> {
    let subscribing: Promise<Subscription> = Promise.resolve(first);
    for (;;) {
      try {
        await this.#read(await subscribing);
      } catch (error) {
        if (!this.#isOver()) this.#parts.onError(error);
      }
      if (!this.#isOver()) await this.#pause(this.#end.signal);
      if (this.#isOver()) return;
      subscribing = subscribe(this.#parts);
    }
  }

  #isOver(): boolean {
    return this.#end.signal.aborted || this.#parts.connection.isClosed();
  }

  /** Until the end, or until the consumer is gone: the library would wait without a word. */
  async #read({ consumer, messages }: Subscription): Promise<void> {
    const ending = new AbortController();
    const stop = (): void => {
      ending.abort(new Error('closed'));
    };
    this.#end.signal.addEventListener('abort', stop);
    if (this.#isOver()) stop();
    const looking = this.#untilGone(consumer, ending.signal).finally(stop);
    // It is waited for below, when the event that is being handled is finished.
    looking.catch(() => undefined);
    try {
      await new EventIntake(this.#parts).run(messages, ending.signal);
    } finally {
      this.#end.signal.removeEventListener('abort', stop);
      stop();
      // One that NATS has lost does not end by being closed.
      messages.close().catch(() => undefined);
    }
    await looking;
  }

  /** Rejects when NATS has no such consumer; resolves at the end. */
  async #untilGone(consumer: Consumer, signal: RequestSignal): Promise<void> {
    for (;;) {
      await this.#pause(signal);
      if (signal.aborted) return;
      try {
        await consumer.info();
      } catch (error) {
        // Without a server the library tries again by itself.
        if (!(error as Error).name.includes('NotFound')) continue;
        const { prefix, durable } = this.#parts;
        const what = `the consumer ${durable} of ${eventStream(prefix)}`;
        throw new Error(`NATS has lost ${what}: it is made again`, { cause: error });
      }
    }
  }

  async #pause(signal: RequestSignal): Promise<void> {
    const { clock = systemClock, lookMs = LOOK_MS } = this.#parts;
    await sleep(clock, lookMs, signal).catch(() => undefined);
  }
}

async function subscribe({ connection, prefix, durable }: EventReaderParts): Promise<Subscription> {
  const { AckPolicy, jetstream, jetstreamManager } = await import('@nats-io/jetstream');
  const stream = eventStream(prefix);
  const manager = await jetstreamManager(connection);
  await manager.consumers.add(stream, {
    ...{ durable_name: durable, ack_policy: AckPolicy.Explicit, ack_wait: ACK_WAIT_NS },
  });
  const consumer = await jetstream(connection).consumers.get(stream, durable);
  return { consumer, messages: await consumer.consume({ max_messages: 2 * BATCH_MAX }) };
}
