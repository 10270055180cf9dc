/** The collector `dcmi`: the power of the system (DCMI 1.5 §6.6.1). */

import type { Clock } from 'ipmi-bt';
import type { Commands } from 'ipmi-bt/commands';

import { sleep } from '../../clock.ts';
import type { Collector, Round } from '../collector.ts';

/** BMCs that are asked more often than this answer with an error, or with 0 W. */
export const DCMI_PAUSE_MS = 5000;

/**
 * One transaction a round, and none within 5 s of the one before: a round that comes earlier waits.
 */
export class DcmiCollector implements Collector {
  readonly name = 'dcmi';
  readonly #bmc: Pick<Commands, 'dcmi'>;
  readonly #clock: Clock;
  #dueMs = -Infinity;

  constructor(bmc: Pick<Commands, 'dcmi'>, clock: Clock) {
    this.#bmc = bmc;
    this.#clock = clock;
  }

  async collect({ signal, add }: Round): Promise<void> {
    const waitMs = this.#dueMs - this.#clock.now();
    if (waitMs > 0) await sleep(this.#clock, waitMs, signal);
    try {
      const power = await this.#bmc.dcmi.power({ signal });
      if (power.isAvailable) {
        add({ metric: 'ipmi_dcmi_power_consumption_watts', value: power.currentWatts });
      } else if (power.completionCode !== undefined) {
        throw new Error(power.reason);
      }
    } finally {
      // The request may have waited in a queue: its end is the latest time at which it was sent.
      this.#dueMs = this.#clock.now() + DCMI_PAUSE_MS;
    }
  }
}
