/** A device whose BMC has something to say, and what its listener was told. */

import { expect, onTestFinished } from 'vitest';

import { open } from '../../src/index.ts';
import type { BmcEvent, OpenOptions } from '../../src/index.ts';
import type { SimBmc } from '../../src/sim/bmc.ts';
import { SIM_EVENT } from '../../src/sim/commands.ts';
import { FaultyBmc } from '../../src/sim/faults.ts';
import type { Fault, FaultyOptions } from '../../src/sim/faults.ts';
import { VirtualClock } from '../../src/sim/virtual-clock.ts';

/** BMC Global Enables after a reset, and while the device has a listener. */
export const ENABLES = 0x08;
export const ENABLED = 0x0c;

/** A look at SMS_ATN, and all that may follow from it. */
export const A_WHILE_MS = 500;

/** An event that says which one it is. */
export function event(number: number): readonly number[] {
  return [...SIM_EVENT.slice(0, 11), number, ...SIM_EVENT.slice(12)];
}

/** How often the BMC has executed a command. */
export function countOf({ bmc }: { readonly bmc: SimBmc }, wanted: number): number {
  return bmc.executed.filter(({ cmd }) => cmd === wanted).length;
}

interface Bench extends Partial<FaultyOptions> {
  readonly faults?: readonly Fault[];
  readonly logger?: OpenOptions['logger'];
}

/** A device without listeners yet; closed when the test is over. */
export async function listening({ logger, ...options }: Bench = {}) {
  const clock = new VirtualClock();
  const port = new FaultyBmc({ clock, seed: 1, faults: [], ...options });
  const logging = logger === undefined ? {} : { logger };
  const device = await clock.until(open({ base: 0xce4, port, clock, ...logging }));
  const told: BmcEvent[] = [];
  const listener = (told_: BmcEvent): void => void told.push(told_);
  onTestFinished(async () => {
    await clock.until(device.close());
    await clock.pass(1);
    port.bmc.assertQuiet();
    expect(clock.pending).toBe(0);
  });
  return { clock, port, bmc: port.bmc, device, told, listener };
}
