/**
 * Scrapes a BMC for any number of programs at once: those that come while a round is under way
 * share it. Each gets what there is by its own deadline.
 */

import type { Clock } from 'ipmi-bt';

import { settledBy } from '../clock.ts';
import type { Collector } from './collector.ts';
import type { Sample } from './metrics.ts';
import { Scrape, upOf } from './scrape.ts';
import type { OnFailure } from './scrape.ts';

/** Everything that a {@link Scraper} is built from. */
export interface ScraperParts {
  readonly collectors: readonly Collector[];
  readonly clock: Clock;
  readonly onFailure: OnFailure;
}

/** Limits of one scrape. */
export interface ScrapeLimits {
  /** Milliseconds after which it returns what it has. */
  readonly budgetMs: number;
  /** Aborts when the program that asked has gone away. */
  readonly signal?: AbortSignal;
}

const MS_PER_S = 1000;

/** Shares rounds among scrapes. */
export class Scraper {
  readonly #parts: ScraperParts;
  #current: Scrape | undefined;

  constructor(parts: ScraperParts) {
    this.#parts = parts;
  }

  /**
   * Resolves to the samples of a round by the deadline at the latest. The collectors that have not
   * ended then have what they have read, and `ipmi_up` 0. A round that nothing waits for any more
   * is given up.
   */
  async scrape({ budgetMs, signal }: ScrapeLimits): Promise<readonly Sample[]> {
    const { clock, collectors } = this.#parts;
    const startMs = clock.now();
    const deadlineMs = startMs + budgetMs;
    const scrape = await this.#join(deadlineMs);
    const samples =
      scrape === undefined
        ? collectors.map(({ name }) => upOf(name, false))
        : await this.#await(scrape, { deadlineMs, signal });
    const seconds = (clock.now() - startMs) / MS_PER_S;
    return [...samples, { metric: 'ipmi_scrape_duration_seconds', value: seconds }];
  }

  /** The round under way, or a new one; undefined where one that was given up does not end. */
  async #join(deadlineMs: number): Promise<Scrape | undefined> {
    while (this.#current?.isAbandoned === true) {
      if (!(await settledBy(this.#parts.clock, deadlineMs, this.#current.ended))) return undefined;
    }
    this.#current ??= this.#start();
    return this.#current;
  }

  #start(): Scrape {
    const { collectors, onFailure } = this.#parts;
    const scrape = new Scrape(collectors, onFailure);
    void scrape.ended.then(() => {
      this.#current = undefined;
    });
    return scrape;
  }

  async #await(
    scrape: Scrape,
    limits: { readonly deadlineMs: number; readonly signal: AbortSignal | undefined },
  ): Promise<readonly Sample[]> {
    const { deadlineMs, signal } = limits;
    scrape.join();
    try {
      await settledBy(this.#parts.clock, deadlineMs, Promise.race([scrape.ended, gone(signal)]));
      return scrape.samples();
    } finally {
      scrape.leave();
    }
  }
}

/** Resolves when the signal aborts; never without one. */
async function gone(signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return;
  await new Promise<void>((resolve) => {
    signal?.addEventListener('abort', () => {
      resolve();
    });
  });
}
