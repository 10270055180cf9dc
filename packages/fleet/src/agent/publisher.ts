/**
 * Publishes events in their order until the stream has acknowledged each. The id of an event is
 * part of its `Nats-Msg-Id`: a stream drops what it has within its duplicate window.
 */

import type { Clock } from 'ipmi-bt';

import { sleep } from '../clock.ts';
import { bodyOf } from '../nats/protocol.ts';
import type { Spool } from './spool.ts';

/** First and longest pause after a publication without acknowledgement. */
const PAUSE_MS = 500;
const PAUSE_MAX_MS = 30_000;

/** Everything that a {@link Publisher} is built from. */
export interface PublisherParts {
  readonly spool: Spool;
  readonly clock: Clock;
  /** Resolves when the stream has the message. */
  readonly publish: (body: Uint8Array, id: string) => Promise<void>;
  /** 0 up to 1, so that hosts do not come back all at once. */
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
}

export class Publisher {
  readonly #parts: PublisherParts;
  readonly #end = new AbortController();
  readonly #loop: Promise<void>;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
    this.#loop = this.#run();
  }

  /** Ends; what waits is published by the next agent. */
  async close(): Promise<void> {
    this.#end.abort(new Error('closed'));
    await this.#loop;
  }

  async #run(): Promise<void> {
    let pauseMs = PAUSE_MS;
    for (;;) {
      if (this.#isOver()) return;
      try {
        await this.#next();
        pauseMs = PAUSE_MS;
      } catch (error) {
        if (this.#isOver()) return;
        this.#parts.onError(error);
        await this.#pause(pauseMs);
        pauseMs = Math.min(2 * pauseMs, PAUSE_MAX_MS);
      }
    }
  }

  #isOver(): boolean {
    return this.#end.signal.aborted;
  }

  async #next(): Promise<void> {
    const { spool, publish } = this.#parts;
    const event = spool.first;
    if (event === undefined) {
      await this.#untilEvent();
      return;
    }
    await publish(bodyOf(event), event.id);
    spool.done(event.id);
  }

  async #pause(pauseMs: number): Promise<void> {
    const { clock, random } = this.#parts;
    await sleep(clock, pauseMs * (1 + random()), this.#end.signal).catch(() => undefined);
  }

  async #untilEvent(): Promise<void> {
    const { signal } = this.#end;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      signal.addEventListener('abort', wake);
      this.#parts.spool.onNext(wake);
    });
  }
}

/** The library says of a subject that no stream has that JetStream is not enabled. */
export function publishError(error: unknown, subject: string): unknown {
  if ((error as Error).name !== 'JetStreamNotEnabled') return error;
  const remedy = 'make one (docs/fleet.md), or run with --without-events';
  return new Error(`no stream of NATS has the subject ${subject}: ${remedy}`, { cause: error });
}
