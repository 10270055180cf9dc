/** The word of a simulated BMC, which answers as a real one does: the first line of a log. */

import type { Log } from 'ipmi-bt';

import type { InterfaceOptions } from './options.ts';

/** Says so where there is one. */
export function tellSim({ sim }: Pick<InterfaceOptions, 'sim'>, log: Pick<Log, 'warn'>): void {
  if (sim) log.warn({}, 'the BMC is simulated (--sim): nothing here is of this machine');
}
