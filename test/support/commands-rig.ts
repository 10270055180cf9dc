/** The commands of a simulated BMC that is open, and the number of transactions. */

import { onTestFinished } from 'vitest';

import { commands } from '../../src/commands/index.ts';
import type { Commands } from '../../src/commands/index.ts';
import { open } from '../../src/index.ts';
import { SimBmc } from '../../src/sim/bmc.ts';

/** A simulated BMC and its commands; `count()`: the transactions since it was last asked. */
export interface CommandsRig {
  readonly sim: SimBmc;
  readonly bmc: Commands;
  readonly count: () => number;
}

/** Opens a simulated BMC; it is closed when the test has ended. */
export async function commandsRig(sim = new SimBmc()): Promise<CommandsRig> {
  const device = await open({ base: sim.base, port: sim });
  onTestFinished(() => device.close());
  let before = sim.executed.length;
  const count = (): number => {
    const since = sim.executed.length - before;
    before = sim.executed.length;
    return since;
  };
  return { sim, bmc: commands(device), count };
}
