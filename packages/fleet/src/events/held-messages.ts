/**
 * Messages that a stream has given to a reader and waits to hear of: none is given to another
 * reader meanwhile. The server is told again and again that they are worked on, and at the end gets
 * back at once what was not begun.
 */

import type { JsMsg } from '@nats-io/jetstream';

/** A message of a stream. */
export type EventMessage = Pick<
  JsMsg,
  'data' | 'subject' | 'info' | 'ack' | 'nak' | 'term' | 'working'
>;

/** A message as its handler has it: each of the three calls answers it. */
export type HeldMessage = Pick<EventMessage, 'data' | 'subject' | 'ack' | 'nak' | 'term'> & {
  /** Times that it was given to a reader, this one included. */
  readonly deliveries: number;
};

/** A queue between the server and the one that takes its messages in turn. */
export class HeldMessages implements AsyncIterable<HeldMessage> {
  readonly #room: number;
  /** All that is not answered, in its order; those that wait come last. */
  readonly #held = new Set<EventMessage>();
  #waiting: EventMessage[] = [];
  #isOver = false;
  /** Calls back those that wait for a message, for room, or for the end. */
  #wake: (() => void)[] = [];

  /** There is room while fewer than `room` messages wait. */
  constructor(room: number) {
    this.#room = room;
  }

  /** Takes a message of the server. */
  push(message: EventMessage): void {
    this.#held.add(message);
    this.#waiting.push(message);
    this.#changed();
  }

  /** Resolves when there is room, or at the end. */
  async room(): Promise<void> {
    while (!this.#isOver && this.#waiting.length >= this.#room) await this.#change();
  }

  /** The messages in turn, until the end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<HeldMessage> {
    for (;;) {
      if (this.#isOver) return;
      const message = this.#waiting.shift();
      if (message === undefined) await this.#change();
      else yield this.#heldOf(message);
    }
  }

  /** Says of all that is not answered that it is worked on. */
  renew(): void {
    for (const message of this.#held) message.working();
  }

  /** The end: no more is given to the handler. */
  end(): void {
    this.#isOver = true;
    this.#changed();
  }

  /** Behind the end: what waits goes back to the server, which may give it to another reader. */
  giveBack(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of waiting) this.#held.delete(message);
    for (const message of waiting) message.nak();
  }

  #heldOf(message: EventMessage): HeldMessage {
    const { data, subject, info } = message;
    const answered = (): void => {
      this.#held.delete(message);
    };
    return {
      ...{ data, subject, deliveries: info.deliveryCount },
      ack: () => {
        answered();
        message.ack();
      },
      nak: (delayMs) => {
        answered();
        message.nak(delayMs);
      },
      term: (reason) => {
        answered();
        message.term(reason);
      },
    };
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}
