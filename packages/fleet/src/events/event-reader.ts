/**
 * Reads the events of all hosts from their stream, each once: one that was handled is acknowledged,
 * and dropped by its id when the stream has it again, however long after. A consumer that NATS has
 * lost is made again, and begins with all that the stream has.
 */

import type { Consumer } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { systemClock } from 'ipmi-bt';
import type { Clock, RequestSignal } from 'ipmi-bt';

import { settledBy, sleep } from '../clock.ts';
import { isRefusal } from '../nats/permissions.ts';
import { streamTrouble } from '../nats/stream-trouble.ts';
import { eventStream } from '../nats/subjects.ts';
import { HeldMessages } from './held-messages.ts';
import { BATCH_MAX, EventIntake } from './intake.ts';
import type { EventIntakeParts } from './intake.ts';

/** Everything that an {@link EventReader} is built from. */
export interface EventReaderParts extends EventIntakeParts {
  readonly connection: NatsConnection;
  /**
   * Name of the consumer; readers of the same name share the events, and each is given to one of
   * them. The ids of handled events are those of one reader: after a reader is killed, another one
   * is told again the event that it was in.
   */
  readonly durable: string;
  /** The clock of the system when absent. */
  readonly clock?: Clock;
  /** Milliseconds until NATS is asked again after trouble; 15 s when absent. */
  readonly lookMs?: number;
  /**
   * Milliseconds after which NATS gives an event to another reader when this one is killed; 30 s
   * when absent. A handler may take longer, as long as it does not block the process.
   */
  readonly ackWaitMs?: number;
  /** Milliseconds that {@link EventReader.close} waits for a handler at most; 10 s when absent. */
  readonly closeMs?: number;
}

/** The events cannot be read; the message says why, and what to do. */
export class EventStreamError extends Error {
  override readonly name = 'EventStreamError';
}

const ACK_WAIT_MS = 30_000;
const NS_PER_MS = 1e6;

/** Times that the server hears of an event before it would give it to another reader. */
const RENEWALS = 6;

const LOOK_MS = 15_000;
const CLOSE_MS = 10_000;

/**
 * A request for messages ends after so long. The end of a reader waits for that: to a request that
 * was given up, the server would send messages which no reader gets until their time is over.
 */
const EXPIRES_MS = 2000;

/** Events that wait to be told again; a handler that rejects so many stops the others, too. */
const AGAIN_MAX = 10_000;

/** Error code of JetStream for a consumer that is there with other settings. */
const CONSUMER_EXISTS = 10_148;

export class EventReader {
  readonly #parts: EventReaderParts;
  readonly #end = new AbortController();
  readonly #held = new HeldMessages(BATCH_MAX / 2);
  readonly #done: Promise<void>;
  /** Troubles that were told since the last request that succeeded. */
  readonly #told = new Set<string>();

  private constructor(parts: EventReaderParts, consumer: Consumer) {
    this.#parts = { ...parts, onError: guarded(parts.onError) };
    this.#done = this.#run(consumer);
  }

  /**
   * Begins, where a reader of that name ended. Loads the library of JetStream. Rejects with an
   * {@link EventStreamError} when there is no stream, or no permission to read it.
   */
  static async open(parts: EventReaderParts): Promise<EventReader> {
    return new EventReader(parts, await consumerOf(parts));
  }

  /**
   * Ends, as closing the connection does. What was not begun goes back to NATS, when the last
   * request for messages has ended, within 2 s; it is waited for the event that is being handled,
   * up to `closeMs`. One that takes longer, as `onEvent` does when it waits for this call, is
   * acknowledged all the same when it ends before the connection does.
   */
  async close(): Promise<void> {
    const { clock = systemClock, closeMs = CLOSE_MS, connection } = this.#parts;
    this.#stop();
    const deadlineMs = clock.now() + closeMs;
    await settledBy(clock, deadlineMs, this.#done);
    // A program may close the connection at once; without a server there is nothing to wait for.
    if (!connection.isClosed()) await settledBy(clock, deadlineMs, connection.flush());
  }

  #stop(): void {
    this.#end.abort(new Error('closed'));
    this.#held.end();
  }

  async #run(consumer: Consumer): Promise<void> {
    const intake = new EventIntake(this.#parts);
    const handled = new AbortController();
    const stop = (): void => {
      this.#stop();
    };
    void this.#parts.connection.closed().then(stop, stop);
    const handling = intake.run(this.#held).finally(() => {
      handled.abort(new Error('closed'));
    });
    await Promise.all([handling, this.#renew(intake, handled.signal), this.#fetchAll(consumer)]);
  }

  /** Keeps what was given to this reader, as long as an event is handled: the end or not. */
  async #renew(intake: EventIntake, signal: RequestSignal): Promise<void> {
    const { connection, clock = systemClock, ackWaitMs = ACK_WAIT_MS } = this.#parts;
    while (!signal.aborted) {
      await sleep(clock, ackWaitMs / RENEWALS, signal).catch(() => undefined);
      intake.acknowledge();
      // Without a server, the library would keep each of these messages until there is one.
      const isThere = await connection.rtt().then(
        () => true,
        () => false,
      );
      if (!isThere) continue;
      this.#tries(() => {
        this.#held.renew();
      });
    }
  }

  /** Fetches messages until the end, when it gives back what waits; no trouble ends it. */
  async #fetchAll(first: Consumer): Promise<void> {
    const { clock = systemClock, lookMs = LOOK_MS } = this.#parts;
    const { signal } = this.#end;
    let consumer = first;
    for (let troubles = 0; !signal.aborted;) {
      try {
        await this.#held.room();
        await this.#fetch(consumer);
        troubles = 0;
        this.#told.clear();
      } catch (error) {
        troubles += 1;
        consumer = await this.#look(consumer, { error, troubles });
        // The first time it may be a server that was busy for a moment.
        if (troubles > 1) await sleep(clock, lookMs, signal).catch(() => undefined);
      }
    }
    this.#tries(() => {
      this.#held.giveBack();
    });
  }

  /** One request for messages, which come as they are there. */
  async #fetch(consumer: Consumer): Promise<void> {
    const { clock = systemClock } = this.#parts;
    const { signal } = this.#end;
    const messages = await consumer.fetch({ max_messages: BATCH_MAX, expires: EXPIRES_MS });
    const taking = (async () => {
      for await (const message of messages) this.#held.push(message);
    })();
    const last = async (): Promise<void> => {
      const hasEnded = await settledBy(clock, clock.now() + 2 * EXPIRES_MS, taking);
      // Without a server it would go on.
      if (!hasEnded) await messages.close();
    };
    const onEnd = (): void => void last().catch(() => undefined);
    signal.addEventListener('abort', onEnd);
    if (signal.aborted) onEnd();
    try {
      await taking;
    } finally {
      signal.removeEventListener('abort', onEnd);
    }
  }

  /** Mends what made a request for messages fail; returns the consumer to go on with. */
  async #look(
    consumer: Consumer,
    { error, troubles }: { readonly error: unknown; readonly troubles: number },
  ): Promise<Consumer> {
    const { prefix, durable } = this.#parts;
    const stream = eventStream(prefix);
    try {
      await consumer.info();
      if (troubles > 1) this.#tell(withoutMessages(error, { stream, durable }));
      return consumer;
    } catch (looked) {
      if (!isNotFound(looked)) {
        // Without a server the library tries again by itself.
        if (isRefusal(looked)) this.#tell(streamTrouble(looked, stream));
        return consumer;
      }
      this.#tell(`NATS has lost the consumer ${durable} of ${stream}: it is made again`);
    }
    try {
      return await consumerOf(this.#parts);
    } catch (made) {
      if (made instanceof EventStreamError) this.#tell(made.message);
      return consumer;
    }
  }

  /** The same trouble is told once, until a request succeeds. */
  #tell(trouble: string): void {
    if (this.#end.signal.aborted || this.#told.has(trouble)) return;
    this.#told.add(trouble);
    this.#parts.onError(new EventStreamError(trouble));
  }

  #tries(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!this.#parts.connection.isClosed()) this.#parts.onError(error);
    }
  }
}

/** An error handler that fails must not end the reader. */
function guarded(onError: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    try {
      onError(error);
    } catch (thrown) {
      const text = `onError of an EventReader threw ${String(thrown)}; it was told: ${String(error)}`;
      process.emitWarning(text, 'EventReaderWarning');
    }
  };
}

function withoutMessages(
  error: unknown,
  { stream, durable }: { readonly stream: string; readonly durable: string },
): string {
  const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`;
  return (
    `NATS gives no message of ${stream}: ${(error as Error).message}; ` +
    `may this user publish to ${subject}, and subscribe to its inbox?`
  );
}

function isNotFound(error: unknown): boolean {
  return (error as Error).name.includes('NotFound');
}

/** The consumer, made if it is not there. Rejects with an {@link EventStreamError}. */
async function consumerOf(parts: EventReaderParts): Promise<Consumer> {
  const { connection, prefix, durable, ackWaitMs = ACK_WAIT_MS } = parts;
  const { AckPolicy, JetStreamApiError, jetstream, jetstreamManager } =
    await import('@nats-io/jetstream');
  const stream = eventStream(prefix);
  const settings = { ack_wait: ackWaitMs * NS_PER_MS, max_ack_pending: AGAIN_MAX };
  try {
    const { consumers } = await jetstreamManager(connection);
    try {
      await consumers.add(stream, {
        ...{ durable_name: durable, ack_policy: AckPolicy.Explicit, ...settings },
      });
    } catch (error) {
      // One of another version of this program, or with another `ackWaitMs`.
      if (!(error instanceof JetStreamApiError) || error.code !== CONSUMER_EXISTS) throw error;
      await consumers.update(stream, durable, settings);
    }
    return await jetstream(connection).consumers.get(stream, durable);
  } catch (error) {
    throw new EventStreamError(streamTrouble(error, stream), { cause: error });
  }
}
