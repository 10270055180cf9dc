/**
 * One round of all collectors. They run side by side, so that a slow one keeps no other from being
 * asked; the device sends one request at a time all the same.
 */

import type { Collector } from './collector.ts';
import type { Sample } from './metrics.ts';

/** Told of each collector that failed for another reason than the end of the round. */
export type OnFailure = (collector: string, error: unknown) => void;

/** A round that has been started. */
export class Scrape {
  /** Resolves when all collectors have ended. */
  readonly ended: Promise<void>;
  readonly #end = new AbortController();
  readonly #collectors: readonly Collector[];
  readonly #samples: Sample[] = [];
  readonly #complete = new Set<string>();
  #waiting = 0;

  constructor(collectors: readonly Collector[], onFailure: OnFailure) {
    this.#collectors = collectors;
    const rounds = collectors.map((collector) => this.#run(collector, onFailure));
    this.ended = Promise.all(rounds).then(() => undefined);
  }

  /** True when nothing waits for its answers any more. */
  get isAbandoned(): boolean {
    return this.#end.signal.aborted;
  }

  /** One more scrape waits for it. */
  join(): void {
    this.#waiting += 1;
  }

  /** One waits no longer. After the last one, requests that wait for an answer are given up. */
  leave(): void {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#end.abort();
  }

  /** Everything that was read so far, with `ipmi_up` of each collector. */
  samples(): readonly Sample[] {
    const up = this.#collectors.map(({ name }): Sample => {
      return upOf(name, this.#complete.has(name));
    });
    return [...this.#samples, ...up];
  }

  async #run(collector: Collector, onFailure: OnFailure): Promise<void> {
    const { signal } = this.#end;
    const add = (sample: Sample): void => {
      if (!signal.aborted) this.#samples.push(sample);
    };
    try {
      await collector.collect({ signal, add });
      if (!signal.aborted) this.#complete.add(collector.name);
    } catch (error) {
      if (!signal.aborted) onFailure(collector.name, error);
    }
  }
}

/** `ipmi_up` of a collector. */
export function upOf(collector: string, isUp: boolean): Sample {
  return { metric: 'ipmi_up', labels: { collector }, value: Number(isUp) };
}
