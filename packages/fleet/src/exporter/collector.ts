/** The contract between a scrape and the collectors, each of which asks a BMC about one subject. */

import type { Sample } from './metrics.ts';

/** The part of a scrape that a collector needs. */
export interface Round {
  /** Aborts at the end of the scrape: no answer is awaited after that. */
  readonly signal: AbortSignal;
  /** Takes a sample at once, so that a scrape that ends early has it. */
  readonly add: (sample: Sample) => void;
}

/**
 * Asks a BMC about one subject. An instance is asked one round at a time, and keeps between rounds
 * at most what is no reading.
 */
export interface Collector {
  /** Value of the label `collector` of `ipmi_up`. */
  readonly name: string;
  /** Resolves when all was asked; rejects when it could not be. */
  collect(round: Round): Promise<void>;
}
