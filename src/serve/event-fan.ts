/**
 * Tells each event of the BMC to all clients that listen. The device is listened to only while one
 * of them does: reading events takes them away from other programs.
 */

import { contained } from '../callback.ts';
import type { BmcEvent } from '../ipmi/bmc-event.ts';
import type { Log } from '../log.ts';

export type EventListener = (event: BmcEvent) => void;

/** The part of a device that tells events. */
export interface EventSource {
  on(name: 'event', listener: EventListener): unknown;
  off(name: 'event', listener: EventListener): unknown;
}

export class EventFan {
  readonly #source: EventSource;
  readonly #log: Log;
  readonly #listeners = new Set<EventListener>();
  readonly #tell: EventListener;

  constructor(source: EventSource, log: Log) {
    this.#source = source;
    this.#log = log;
    this.#tell = (event) => {
      this.#tellAll(event);
    };
  }

  /** Calls `listener` at each event; the function that is returned ends it. */
  add(listener: EventListener): () => void {
    // Its own function, so that a listener that is given twice is told twice.
    const own: EventListener = (event) => {
      listener(event);
    };
    this.#listeners.add(own);
    if (this.#listeners.size === 1) this.#source.on('event', this.#tell);
    return () => {
      const wasHere = this.#listeners.delete(own);
      if (wasHere && this.#listeners.size === 0) this.#source.off('event', this.#tell);
    };
  }

  #tellAll(event: BmcEvent): void {
    const { kind } = event;
    // The BMC was asked for it on account of a listener that has left since.
    if (this.#listeners.size === 0) this.#log.debug({ kind }, 'event lost: no client listens');
    for (const listener of [...this.#listeners]) {
      contained(
        () => {
          listener(event);
        },
        (error) => {
          this.#log.error({ kind, error: String(error) }, 'bug: a listener to events has failed');
        },
      );
    }
  }
}
