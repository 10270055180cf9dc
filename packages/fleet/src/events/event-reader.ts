/**
 * Reads the events of all hosts from their stream, each once: one that was handled is acknowledged,
 * and dropped by its id when the stream has it again, however long after.
 */

import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

import { parseHostEvent } from '../nats/protocol.ts';
import type { HostEvent } from '../nats/protocol.ts';
import { eventStream } from '../nats/subjects.ts';
import type { SeenIds } from './seen-ids.ts';

/** Everything that an {@link EventReader} is built from. */
export interface EventReaderParts {
  readonly connection: NatsConnection;
  readonly prefix: string;
  /** Name of the consumer; readers of the same name share the events. */
  readonly durable: string;
  readonly seen: SeenIds;
  /** Handles an event; one that rejects is told again later. */
  readonly onEvent: (event: HostEvent) => Promise<void>;
  /** Told of messages that are no events, and of events that could not be handled. */
  readonly onError: (error: unknown) => void;
}

/** The server sends an event again after so long without an acknowledgement, in nanoseconds. */
const ACK_WAIT_NS = 30e9;

/** Pause before an event is told again that could not be handled. */
const AGAIN_MS = 1000;

export class EventReader {
  readonly #parts: EventReaderParts;
  readonly #messages: ConsumerMessages;
  readonly #loop: Promise<void>;

  private constructor(parts: EventReaderParts, messages: ConsumerMessages) {
    this.#parts = parts;
    this.#messages = messages;
    this.#loop = this.#run();
  }

  /** Begins, where a reader of that name ended. Loads the library of JetStream. */
  static async open(parts: EventReaderParts): Promise<EventReader> {
    const { AckPolicy, jetstream, jetstreamManager } = await import('@nats-io/jetstream');
    const { connection, prefix, durable } = parts;
    const stream = eventStream(prefix);
    const manager = await jetstreamManager(connection);
    await manager.consumers.add(stream, {
      ...{ durable_name: durable, ack_policy: AckPolicy.Explicit, ack_wait: ACK_WAIT_NS },
    });
    const consumer = await jetstream(connection).consumers.get(stream, durable);
    return new EventReader(parts, await consumer.consume());
  }

  /** Ends; an event that is being handled is finished. */
  async close(): Promise<void> {
    await this.#messages.close();
    await this.#loop;
  }

  async #run(): Promise<void> {
    for await (const message of this.#messages) await this.#take(message);
  }

  async #take(message: JsMsg): Promise<void> {
    const { seen, onEvent, onError } = this.#parts;
    const event = this.#eventOf(message);
    if (event === undefined) return;
    const key = `${event.host} ${event.id}`;
    try {
      if (!seen.has(key)) {
        await onEvent(event);
        seen.add(key);
      }
      message.ack();
    } catch (error) {
      onError(error);
      message.nak(AGAIN_MS);
    }
  }

  /** The event of a message; one that is none will never be, and is not sent again. */
  #eventOf(message: JsMsg): HostEvent | undefined {
    try {
      const event = parseHostEvent(message.data);
      // The permissions of the server vouch for the subject, and nothing for the content.
      if (message.subject.endsWith(`.${event.host}`)) return event;
      throw new Error(`an event of ${event.host} came from ${message.subject}`);
    } catch (error) {
      this.#parts.onError(error);
      message.term();
      return undefined;
    }
  }
}
