/**
 * Handles events as they come, each once, and acknowledges them together: the ids of all events
 * that wait are brought to the disk by one synchronization, which costs more than all the rest.
 */

import type { JsMsg } from '@nats-io/jetstream';
import type { RequestSignal } from 'ipmi-bt';

import type { HostEvent } from '../nats/protocol.ts';
import { vouchedEvent } from '../nats/vouched-event.ts';
import type { SeenIds } from './seen-ids.ts';

/** Events that are acknowledged together at most. */
export const BATCH_MAX = 256;

/** Pause before an event is told again that could not be handled. */
const AGAIN_MS = 1000;

/** A message of a stream. */
export type EventMessage = Pick<JsMsg, 'data' | 'subject' | 'ack' | 'nak' | 'term'>;

/** Everything that an {@link EventIntake} is built from. */
export interface EventIntakeParts {
  /** First token of all subjects. */
  readonly prefix: string;
  readonly seen: SeenIds;
  /** Handles an event; one that rejects is told again later. */
  readonly onEvent: (event: HostEvent) => Promise<void>;
  /** Told of messages that are no events, and of events that could not be handled. */
  readonly onError: (error: unknown) => void;
}

export class EventIntake {
  readonly #parts: EventIntakeParts;
  /** Handled, and not yet acknowledged. */
  #handled: EventMessage[] = [];

  constructor(parts: EventIntakeParts) {
    this.#parts = parts;
  }

  /**
   * Takes all messages; resolves when there is none any more, or when the signal aborts: an event
   * that is being handled is finished.
   */
  async run(messages: AsyncIterable<EventMessage>, signal: RequestSignal): Promise<void> {
    const iterator = messages[Symbol.asyncIterator]();
    try {
      while (!signal.aborted) {
        const next = iterator.next();
        if (this.#handled.length > 0 && !(await isThere(next))) this.#acknowledge();
        const result = await unlessAborted(next, signal);
        if (result === undefined || result.done === true) return;
        await this.#take(result.value);
        if (this.#handled.length >= BATCH_MAX) this.#acknowledge();
      }
    } finally {
      this.#acknowledge();
    }
  }

  async #take(message: EventMessage): Promise<void> {
    const { seen, onEvent, onError } = this.#parts;
    const event = this.#eventOf(message);
    if (event === undefined) return;
    const key = `${event.host} ${event.id}`;
    try {
      if (!seen.has(key)) {
        await onEvent(event);
        seen.add(key);
      }
      this.#handled.push(message);
    } catch (error) {
      onError(error);
      message.nak(AGAIN_MS);
    }
  }

  #acknowledge(): void {
    const messages = this.#handled;
    this.#handled = [];
    const isOnDisk = this.#tries(() => {
      this.#parts.seen.sync();
    });
    this.#tries(() => {
      for (const message of messages) {
        if (isOnDisk) message.ack();
        else message.nak(AGAIN_MS);
      }
    });
  }

  /** True when it went well; the error is told. */
  #tries(act: () => void): boolean {
    try {
      act();
      return true;
    } catch (error) {
      this.#parts.onError(error);
      return false;
    }
  }

  /** The event of a message; one that is none will never be, and is not sent again. */
  #eventOf(message: EventMessage): HostEvent | undefined {
    try {
      return vouchedEvent(this.#parts.prefix, message);
    } catch (error) {
      const text = `the message of ${message.subject} is no event: ${(error as Error).message}`;
      this.#parts.onError(new Error(text, { cause: error }));
      message.term();
      return undefined;
    }
  }
}

/** True for a promise that is settled without waiting for anything outside of the process. */
async function isThere(promise: Promise<unknown>): Promise<boolean> {
  let immediate: NodeJS.Immediate | undefined;
  const turn = new Promise<boolean>((resolve) => {
    immediate = setImmediate(resolve, false);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, turn]);
  } finally {
    clearImmediate(immediate);
  }
}

/** The value of a promise, or undefined when the signal aborts first. Leaves nothing behind. */
async function unlessAborted<T>(
  promise: Promise<T>,
  signal: RequestSignal,
): Promise<T | undefined> {
  let stop = (): void => undefined;
  const aborted = new Promise<undefined>((resolve) => {
    stop = () => {
      resolve(undefined);
    };
  });
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
