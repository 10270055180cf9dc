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

/** Choices of {@link HeldMessages}. */
export interface HeldOptions {
  /** There is room while fewer messages wait. */
  readonly room: number;
  readonly nowMs: () => number;
}

/** A message, and the time until which the server certainly gives it to no other reader. */
interface Entry {
  readonly message: EventMessage;
  untilMs: number;
  isBegun: boolean;
}

/** A queue between the server and the one that takes its messages in turn. */
export class HeldMessages implements AsyncIterable<HeldMessage> {
  /** Milliseconds for which the server leaves a message to this reader, unless it is renewed. */
  holdMs = Infinity;
  readonly #options: HeldOptions;
  /** All that is not answered, in its order; those that wait come last. */
  readonly #held = new Set<Entry>();
  #waiting: Entry[] = [];
  /** The consumer counts its deliveries. */
  #lastDelivery = 0;
  #isOver = false;
  #isPaused = false;
  /** Calls back those that wait for a message, for room, or for the end. */
  #wake: (() => void)[] = [];

  constructor(options: HeldOptions) {
    this.#options = options;
  }

  /** Takes a message of the server. One that is counted anew is of a consumer made again. */
  push(message: EventMessage): void {
    const { deliverySequence } = message.info;
    if (deliverySequence <= this.#lastDelivery) this.forget();
    this.#lastDelivery = deliverySequence;
    const entry = { message, untilMs: this.#options.nowMs() + this.holdMs, isBegun: false };
    this.#held.add(entry);
    this.#waiting.push(entry);
    this.#changed();
  }

  /** Resolves when there is room, or at the end. */
  async room(): Promise<void> {
    while (!this.#isOver && this.#waiting.length >= this.#options.room) await this.#change();
  }

  /**
   * The messages in turn, until the end. One that was not begun in its time, as when the server was
   * away, is left out: the server gives it to this reader again, or to another one.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<HeldMessage> {
    for (;;) {
      if (this.#isOver) return;
      const entry = this.#isPaused ? undefined : this.#waiting.shift();
      if (entry === undefined) {
        await this.#change();
        continue;
      }
      this.#changed();
      if (this.#options.nowMs() < entry.untilMs) yield this.#heldOf(entry);
      else this.#held.delete(entry);
    }
  }

  /** Begins no message while it is paused: without a server, no answer would come there in time. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#changed();
  }

  /**
   * Says of all that is not answered that it is worked on. It is held for longer when the server
   * has heard that, for which `heard` resolves to true.
   */
  async renew(heard: () => Promise<boolean>): Promise<void> {
    const sentMs = this.#options.nowMs();
    const entries = [...this.#held].filter(({ isBegun, untilMs }) => isBegun || sentMs < untilMs);
    for (const { message } of entries) message.working();
    if (!(await heard())) return;
    for (const entry of entries) entry.untilMs = sentMs + this.holdMs;
  }

  /**
   * Answers nothing that it has, and begins nothing of it: the consumer is gone. A stream that was
   * made again has other events under the same numbers, which such an answer would settle.
   */
  forget(): void {
    this.#held.clear();
    this.#waiting = [];
    this.#lastDelivery = 0;
    this.#changed();
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
    for (const entry of waiting) this.#held.delete(entry);
    for (const { message } of waiting) message.nak();
  }

  #heldOf(entry: Entry): HeldMessage {
    const { message } = entry;
    entry.isBegun = true;
    const { data, subject, info } = message;
    const isOpen = (): boolean => this.#held.delete(entry);
    return {
      ...{ data, subject, deliveries: info.deliveryCount },
      ack: () => {
        if (isOpen()) message.ack();
      },
      nak: (delayMs) => {
        if (isOpen()) message.nak(delayMs);
      },
      term: (reason) => {
        if (isOpen()) message.term(reason);
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
