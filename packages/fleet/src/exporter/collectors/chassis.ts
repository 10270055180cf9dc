/** The collector `chassis`: power and faults (IPMI 2.0 §28.2). */

import type { Commands } from 'ipmi-bt/commands';

import type { Collector, Round } from '../collector.ts';

/** One transaction a round. */
export class ChassisCollector implements Collector {
  readonly name = 'chassis';
  readonly #bmc: Pick<Commands, 'chassis'>;

  constructor(bmc: Pick<Commands, 'chassis'>) {
    this.#bmc = bmc;
  }

  async collect({ signal, add }: Round): Promise<void> {
    const { power, state } = await this.#bmc.chassis.status({ signal });
    add({ metric: 'ipmi_chassis_power_state', value: Number(power.isOn) });
    // 1 stands for the absence of a fault, as in the code of ipmi_exporter.
    add({ metric: 'ipmi_chassis_drive_fault_state', value: Number(!state.hasDriveFault) });
    add({ metric: 'ipmi_chassis_cooling_fault_state', value: Number(!state.hasCoolingFault) });
  }
}
