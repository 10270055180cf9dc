/**
 * The events of a device as an asynchronous iterable, for `for await`. Events that come while the
 * program is busy wait in a buffer. It is bounded: the oldest is dropped, and counted as missed.
 */

import { onAbort } from '../abort.ts';
import type { Signal } from '../abort.ts';
import { aborted, stayAlive } from '../clock.ts';
import type { Cancel, Clock } from '../clock.ts';
import type { BmcEvent } from '../ipmi/bmc-event.ts';

/** Events that wait for the program; some hundred bytes each. */
export const BUFFERED_EVENTS_MAX = 1024;

/** Options of `device.events()`. */
export interface EventStreamOptions {
  /** Aborting it makes the iteration reject with `REQUEST_ABORTED`. */
  readonly signal?: Signal | undefined;
}

/** Everything a stream is built from. */
export interface EventStreamParts extends EventStreamOptions {
  readonly clock: Clock;
  /** Begins to tell events, and calls `end` when the device closes; returns what stops that. */
  readonly listen: (tell: (event: BmcEvent) => void, end: () => void) => () => void;
  /** Called with an event for which there was no room. */
  readonly onDropped: (event: BmcEvent) => void;
}

/** A `next()` that waits for its event. */
interface Waiter {
  readonly resolve: (result: IteratorResult<BmcEvent, undefined>) => void;
  readonly reject: (error: Error) => void;
}

const DONE = { done: true, value: undefined } as const;

export class EventStream implements AsyncIterableIterator<BmcEvent, undefined> {
  readonly #parts: EventStreamParts;
  readonly #buffer: BmcEvent[] = [];
  readonly #waiters: Waiter[] = [];
  readonly #stops: (() => void)[] = [];
  #isOver = false;
  #failure: Error | undefined;
  #letEnd: Cancel | undefined;

  constructor(parts: EventStreamParts) {
    this.#parts = parts;
    const { signal, listen } = parts;
    if (signal?.aborted === true) {
      this.#abort(signal);
      return;
    }
    if (signal !== undefined) {
      this.#stops.push(
        onAbort(signal, () => {
          this.#abort(signal);
        }),
      );
    }
    const end = (): void => {
      this.#end();
    };
    this.#stops.push(listen((event) => this.#take(event), end));
  }

  next(): Promise<IteratorResult<BmcEvent, undefined>> {
    const event = this.#buffer.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    const failure = this.#failure;
    // Told once, as a generator does.
    this.#failure = undefined;
    if (failure !== undefined) return Promise.reject(failure);
    if (this.#isOver) return Promise.resolve(DONE);
    this.#stayAlive();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  /** Ends the iteration, as `break` does; what is in the buffer is dropped and counted. */
  return(): Promise<IteratorResult<BmcEvent, undefined>> {
    for (const event of this.#buffer.splice(0)) this.#parts.onDropped(event);
    this.#end();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(event: BmcEvent): void {
    if (this.#isOver) return;
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      if (this.#waiters.length === 0) this.#stopStaying();
      waiter.resolve({ done: false, value: event });
      return;
    }
    this.#buffer.push(event);
    const tooMany = this.#buffer.length - BUFFERED_EVENTS_MAX;
    for (const oldest of this.#buffer.splice(0, tooMany)) this.#parts.onDropped(oldest);
  }

  #abort(signal: Signal): void {
    const [first, ...others] = this.#waiters.splice(0);
    const error = aborted(signal.reason);
    if (first === undefined) this.#failure = error;
    else first.reject(error);
    for (const { resolve } of others) resolve(DONE);
    this.#end();
  }

  #end(): void {
    this.#isOver = true;
    this.#stopStaying();
    for (const stop of this.#stops.splice(0)) stop();
    for (const { resolve } of this.#waiters.splice(0)) resolve(DONE);
  }

  /** A listener keeps no process alive; a program that waits here is kept. */
  #stayAlive(): void {
    this.#letEnd ??= stayAlive(this.#parts.clock);
  }

  #stopStaying(): void {
    this.#letEnd?.();
    this.#letEnd = undefined;
  }
}
