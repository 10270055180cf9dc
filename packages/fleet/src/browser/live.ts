/**
 * The connection to the server: what it says, and whether it is there. A server that says nothing
 * for a while is as good as gone.
 */

import type { Delta, Snapshot } from '../page/messages.ts';
import { ownMs } from './times.ts';

/** Told of what comes. */
export interface LiveHandlers {
  readonly onSnapshot: (snapshot: Snapshot) => void;
  readonly onDelta: (delta: Delta) => void;
  /** The server is lost; the last sign of it was then. Null: there was none. */
  readonly onLost: (lastMs: number | null) => void;
  /** The server is there, and has no place for another page. */
  readonly onFull: () => void;
}

/** Status of an answer of a server that has no place for another page. */
const UNAVAILABLE = 503;

/** The server says something every 5 s. */
const SILENCE_MAX_MS = 20_000;

/** Pause before the next attempt, which grows, so that many pages do not come at once. */
const AGAIN_MIN_MS = 1000;
const AGAIN_MAX_MS = 15_000;

export class Live {
  readonly #handlers: LiveHandlers;
  #source: EventSource | undefined;
  #lastMs: number | null = null;
  #againMs = AGAIN_MIN_MS;
  #watchdog = 0;

  /** Connects. */
  constructor(handlers: LiveHandlers) {
    this.#handlers = handlers;
    this.#connect();
  }

  #connect(): void {
    const source = new EventSource('live');
    this.#source = source;
    this.#heard();
    const listen = (name: string, take: (data: string) => void): void => {
      source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        if (source !== this.#source) return;
        this.#lastMs = ownMs();
        this.#heard();
        take(data);
      });
    };
    listen('snapshot', (data) => {
      this.#againMs = AGAIN_MIN_MS;
      this.#handlers.onSnapshot(JSON.parse(data) as Snapshot);
    });
    listen('delta', (data) => {
      this.#handlers.onDelta(JSON.parse(data) as Delta);
    });
    listen('beat', () => undefined);
    listen('bye', () => {
      this.#lose();
    });
    // An answer that is no stream ends an EventSource for good: this one begins another.
    source.addEventListener('error', () => {
      if (source === this.#source) this.#lose();
    });
  }

  #heard(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      this.#lose();
    }, SILENCE_MAX_MS);
  }

  #lose(): void {
    clearTimeout(this.#watchdog);
    this.#source?.close();
    this.#source = undefined;
    this.#handlers.onLost(this.#lastMs);
    void this.#ask();
    setTimeout(() => {
      this.#connect();
    }, this.#againMs);
    this.#againMs = Math.min(2 * this.#againMs, AGAIN_MAX_MS);
  }

  /** An EventSource does not say why it failed. */
  async #ask(): Promise<void> {
    try {
      const { status } = await fetch('live', { method: 'HEAD' });
      if (status === UNAVAILABLE && this.#source === undefined) this.#handlers.onFull();
    } catch {
      // It is lost, as was told.
    }
  }
}
