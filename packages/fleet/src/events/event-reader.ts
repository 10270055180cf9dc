/**
 * Reads the events of all hosts from their stream, each once: one that was handled is acknowledged,
 * and dropped by its id when the stream has it again, as long as the id is remembered. A consumer
 * that NATS has lost is made again, and begins with all that the stream has.
 */

import type { Consumer } from '@nats-io/jetstream';
import type { Status } from '@nats-io/transport-node';
import { systemClock } from 'ipmi-bt';
import type { RequestSignal } from 'ipmi-bt';

import { settledBy, sleep } from '../clock.ts';
import { isRefusal, refusalOf, refusalText } from '../nats/permissions.ts';
import { streamTrouble } from '../nats/stream-trouble.ts';
import { checkToken, eventStream } from '../nats/subjects.ts';
import { ACK_WAIT_MS, EventStreamError, NS_PER_MS, isNotFound } from './event-consumer.ts';
import { openConsumer } from './event-consumer.ts';
import type { ConsumerWish } from './event-consumer.ts';
import { HeldMessages } from './held-messages.ts';
import { BATCH_MAX, EventIntake } from './intake.ts';
import type { EventIntakeParts } from './intake.ts';

/** Everything that an {@link EventReader} is built from. */
export interface EventReaderParts extends EventIntakeParts, ConsumerWish {
  /** Milliseconds until NATS is asked again after trouble; 15 s when absent. */
  readonly lookMs?: number;
  /** Milliseconds that {@link EventReader.close} waits for a handler at most; 10 s when absent. */
  readonly closeMs?: number;
}

/** Times that the server hears of an event before it would give it to another reader. */
const RENEWALS = 6;

/** The part of that time in which an event is begun: the server counts from a moment before. */
const SURE = 5 / 6;

const LOOK_MS = 15_000;
const CLOSE_MS = 10_000;

/** A shorter time would have the server asked without a pause. */
const ACK_WAIT_LEAST_MS = 1000;
const DAY_MS = 86_400_000;

/**
 * A request for messages ends after so long. The end of a reader waits for that: to a request that
 * was given up, the server would send messages which no reader gets until their time is over.
 */
const EXPIRES_MS = 2000;

/** Troubles that last, of which each is told once. */
type Trouble = 'silent' | 'refused' | 'lost' | 'not made';

export class EventReader {
  readonly #parts: EventReaderParts;
  readonly #end = new AbortController();
  readonly #held: HeldMessages;
  readonly #done: Promise<void>;
  #consumer: Consumer;
  /** When it was made: another one may have its name. */
  #created = '';
  /** Kinds of trouble that were told since the last request that succeeded. */
  readonly #told = new Set<Trouble>();

  private constructor(parts: EventReaderParts, consumer: Consumer) {
    const { clock = systemClock, onError } = parts;
    this.#parts = { ...parts, onError: guarded(onError) };
    this.#held = new HeldMessages({ room: BATCH_MAX / 2, nowMs: () => clock.now() });
    this.#consumer = consumer;
    this.#done = this.#run();
  }

  /**
   * Begins, where a reader of that name ended. Loads the library of JetStream. Rejects with an
   * {@link EventStreamError} when there is no stream, no permission to read it, or a consumer of
   * that name that would lose events; with a `RangeError` for a time or a name that cannot be.
   */
  static async open(parts: EventReaderParts): Promise<EventReader> {
    checkChoice(parts);
    return new EventReader(parts, await openConsumer(parts));
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

  async #run(): Promise<void> {
    const states = this.#parts.connection.status();
    // It ends with the connection.
    const listening = this.#listen(states).finally(() => {
      this.#stop();
    });
    await this.#learn(true);
    const intake = new EventIntake(this.#parts);
    const handled = new AbortController();
    const handling = intake.run(this.#held).finally(() => {
      handled.abort(new Error('closed'));
    });
    await Promise.all([handling, this.#renew(intake, handled.signal), this.#fetchAll()]);
    // The library knows the end of a loop only by this, which its type does not have.
    (states as { readonly stop?: () => void }).stop?.();
    await listening;
  }

  /** Follows the connection, which alone hears that NATS takes no acknowledgement of this user. */
  async #listen(states: AsyncIterable<Status>): Promise<void> {
    let isTold = false;
    for await (const status of states) {
      if (status.type === 'disconnect') this.#held.pause(true);
      if (status.type === 'reconnect') this.#held.pause(false);
      if (isTold || status.type !== 'error' || !isRefusal(status.error)) continue;
      const { subject } = refusalOf(status.error);
      isTold = subject.startsWith(`$JS.ACK.${eventStream(this.#parts.prefix)}.`);
      if (isTold) this.#parts.onError(new EventStreamError(refusalText(status.error)));
    }
  }

  /**
   * Keeps what was given to this reader, as long as an event is handled: the end or not. The time
   * for which it has it is that of the consumer, which another reader may have set.
   */
  async #renew(intake: EventIntake, signal: RequestSignal): Promise<void> {
    const { connection, clock = systemClock } = this.#parts;
    const heard = async (): Promise<boolean> => await isAnswered(connection.rtt());
    while (!signal.aborted) {
      await sleep(clock, this.#held.holdMs / RENEWALS, signal).catch(() => undefined);
      intake.acknowledge();
      // Without a server, the library would keep each of these messages until there is one.
      if (await isAnswered(this.#learn(false))) await isAnswered(this.#held.renew(heard));
    }
  }

  /** Looks at the consumer: its time, and whether it is the one that gave what is held. */
  async #learn(isCached: boolean): Promise<void> {
    const { config, created } = await this.#consumer.info(isCached);
    if (created !== this.#created) this.#held.forget();
    this.#created = created;
    this.#held.holdMs = (SURE * (config.ack_wait ?? 0)) / NS_PER_MS;
  }

  /** Fetches messages until the end, when it gives back what waits; no trouble ends it. */
  async #fetchAll(): Promise<void> {
    const { clock = systemClock, lookMs = LOOK_MS } = this.#parts;
    const { signal } = this.#end;
    for (let troubles = 0; !signal.aborted;) {
      try {
        await this.#held.room();
        await this.#fetch();
        troubles = 0;
        this.#told.clear();
      } catch (error) {
        troubles += 1;
        await this.#look(error, troubles);
        // The first time it may be a server that was busy for a moment.
        if (troubles > 1) await sleep(clock, lookMs, signal).catch(() => undefined);
      }
    }
    this.#tries(() => {
      this.#held.giveBack();
    });
  }

  /** One request for messages, which come as they are there. */
  async #fetch(): Promise<void> {
    const { clock = systemClock } = this.#parts;
    const { signal } = this.#end;
    const messages = await this.#consumer.fetch({
      ...{ max_messages: BATCH_MAX, expires: EXPIRES_MS },
    });
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

  /** Mends what made a request for messages fail, and makes the consumer again where it is lost. */
  async #look(error: unknown, troubles: number): Promise<void> {
    const { prefix, durable } = this.#parts;
    const stream = eventStream(prefix);
    try {
      await this.#learn(false);
      if (troubles > 1) this.#tell('silent', withoutMessages(error, { stream, durable }));
    } catch (looked) {
      // Without a server the library tries again by itself.
      if (isRefusal(looked)) this.#tell('refused', streamTrouble(looked, stream));
      if (!isNotFound(looked)) return;
      this.#tell('lost', `NATS has lost the consumer ${durable} of ${stream}: it is made again`);
      await this.#makeAgain();
    }
  }

  async #makeAgain(): Promise<void> {
    try {
      this.#consumer = await openConsumer(this.#parts);
      await this.#learn(true);
    } catch (error) {
      if (error instanceof EventStreamError) this.#tell('not made', error.message);
    }
  }

  /** The same trouble is told once, until a request succeeds. */
  #tell(kind: Trouble, text: string): void {
    if (this.#end.signal.aborted || this.#told.has(kind)) return;
    this.#told.add(kind);
    this.#parts.onError(new EventStreamError(text));
  }

  #tries(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!this.#parts.connection.isClosed()) this.#parts.onError(error);
    }
  }
}

/** An error handler that fails must not end the reader, nor the program. */
function guarded(onError: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    const warn = (thrown: unknown): void => {
      const text = `onError of an EventReader threw ${String(thrown)}`;
      process.emitWarning(`${text}; it was told: ${String(error)}`, 'EventReaderWarning');
    };
    try {
      const told: (one: unknown) => unknown = onError;
      const result = told(error);
      if (result instanceof Promise) result.catch(warn);
    } catch (thrown) {
      warn(thrown);
    }
  };
}

/** False for work that rejects. */
async function isAnswered(work: Promise<unknown>): Promise<boolean> {
  return await work.then(
    () => true,
    () => false,
  );
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

/** Throws a `RangeError` for a choice by which no reader could work. */
function checkChoice({
  durable,
  ackWaitMs = ACK_WAIT_MS,
  lookMs = LOOK_MS,
  ...rest
}: EventReaderParts) {
  checkToken('the name of a durable consumer', durable);
  const { closeMs = CLOSE_MS } = rest;
  const times = [
    ['ackWaitMs', ackWaitMs, ACK_WAIT_LEAST_MS],
    ['lookMs', lookMs, 1],
    ['closeMs', closeMs, 0],
  ] as const;
  for (const [name, value, least] of times) {
    if (value >= least && value <= DAY_MS) continue;
    throw new RangeError(`${name} must be from ${least} to ${DAY_MS} ms, not ${value}`);
  }
}
