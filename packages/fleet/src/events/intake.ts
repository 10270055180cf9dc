/**
 * Handles events as they come, each once, and acknowledges them together: the ids of all events
 * that wait are brought to the disk by one synchronization, which costs more than all the rest.
 */

import { systemClock } from 'ipmi-bt';
import type { Clock } from 'ipmi-bt';

import type { HostEvent } from '../nats/protocol.ts';
import { vouchedEvent } from '../nats/vouched-event.ts';
import type { HeldMessage } from './held-messages.ts';
import type { SeenIds } from './seen-ids.ts';

/** Events that are acknowledged together at most. */
export const BATCH_MAX = 256;

/** A handled event waits so long for others that are acknowledged with it. */
const TOGETHER_MS = 100;

/**
 * Pauses before an event is told again that could not be handled: twice as long each time. One that
 * can never be handled must not keep the reader from the others.
 */
const AGAIN_MS = 1000;
const AGAIN_MS_MAX = 300_000;

/** Everything that an {@link EventIntake} is built from. */
export interface EventIntakeParts {
  /** First token of all subjects. */
  readonly prefix: string;
  readonly seen: SeenIds;
  /**
   * Handles an event; one that rejects is told again, after a second, then after twice as long each
   * time, up to five minutes.
   */
  readonly onEvent: (event: HostEvent) => Promise<void>;
  /** Told of messages that are no events, and of events that could not be handled. */
  readonly onError: (error: unknown) => void;
  /** The clock of the system when absent. */
  readonly clock?: Clock;
}

export class EventIntake {
  readonly #parts: EventIntakeParts;
  /** Handled, and not yet acknowledged. */
  #handled: HeldMessage[] = [];
  /** When the first of them was handled. */
  #sinceMs = 0;

  constructor(parts: EventIntakeParts) {
    this.#parts = parts;
  }

  /** Takes all messages; resolves when there is none any more. */
  async run(messages: AsyncIterable<HeldMessage>): Promise<void> {
    const iterator = messages[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = iterator.next();
        if (this.#handled.length > 0 && !(await isThere(next))) this.acknowledge();
        const result = await next;
        if (result.done === true) return;
        await this.#take(result.value);
        if (this.#isDue()) this.acknowledge();
      }
    } finally {
      this.acknowledge();
    }
  }

  /** Acknowledges what was handled: those before an event that takes long need not wait for it. */
  acknowledge(): void {
    const messages = this.#handled;
    if (messages.length === 0) return;
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

  #isDue(): boolean {
    const { clock = systemClock } = this.#parts;
    const { length } = this.#handled;
    return length >= BATCH_MAX || (length > 0 && clock.now() >= this.#sinceMs + TOGETHER_MS);
  }

  async #take(message: HeldMessage): Promise<void> {
    const { seen, onEvent, onError, clock = systemClock } = this.#parts;
    const event = this.#eventOf(message);
    if (event === undefined) return;
    const key = `${event.host} ${event.id}`;
    try {
      if (!seen.has(key)) {
        await onEvent(event);
        seen.add(key);
      }
      if (this.#handled.length === 0) this.#sinceMs = clock.now();
      this.#handled.push(message);
    } catch (error) {
      onError(error);
      const delayMs = AGAIN_MS * 2 ** (message.deliveries - 1);
      this.#tries(() => {
        message.nak(Math.min(delayMs, AGAIN_MS_MAX));
      });
    }
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
  #eventOf(message: HeldMessage): HostEvent | undefined {
    try {
      return vouchedEvent(this.#parts.prefix, message);
    } catch (error) {
      const text = `the message of ${message.subject} is no event: ${(error as Error).message}`;
      this.#parts.onError(new Error(text, { cause: error }));
      this.#tries(() => {
        message.term();
      });
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
