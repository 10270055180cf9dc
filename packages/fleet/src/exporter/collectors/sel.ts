/** The collector `sel`: the size of the system event log (IPMI 2.0 §31.2). */

import type { Commands } from 'ipmi-bt/commands';

import type { Collector, Round } from '../collector.ts';

/** Two transactions a round, one where the BMC has no allocation info. */
export class SelCollector implements Collector {
  readonly name = 'sel';
  readonly #bmc: Pick<Commands, 'sel'>;

  constructor(bmc: Pick<Commands, 'sel'>) {
    this.#bmc = bmc;
  }

  async collect({ signal, add }: Round): Promise<void> {
    const { entries, freeBytes } = await this.#bmc.sel.info({ signal });
    add({ metric: 'ipmi_sel_logs_count', value: entries });
    add({ metric: 'ipmi_sel_free_space_bytes', value: freeBytes });
  }
}
