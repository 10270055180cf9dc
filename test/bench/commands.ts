/**
 * Typed commands beside `ipmitool` and FreeIPMI in a guest, behind one BMC that takes 10 ms an
 * answer and counts what it is asked: transactions and whole processes. Part of `npm run bench:vm`.
 */

import { PAIRS, costsOf, ourSteps, peerSteps } from '../vm/command-costs.ts';
import type { Cost, PairName } from '../vm/command-costs.ts';
import { bootGuest } from '../vm/guest.ts';
import { baseOf } from '../vm/machine.ts';
import { bindAll, freeIpmiFiles } from '../vm/peers.ts';
import { population, selEntries } from '../vm/population.ts';
import { programFiles } from '../vm/project.ts';
import { simBmc } from '../vm/sim-bmc.ts';
import { stepsOf } from '../vm/steps.ts';
import { formatTable } from './table.ts';
import type { Row } from './table.ts';

/** All on one logical unit: FreeIPMI reads others through the IPMB alone, where there is none. */
const SENSORS = 200;
const ENTRIES = 500;
const ANSWER_MS = 10;
const TIMEOUT_MS = 1_200_000;

/** What each pair of commands has cost. */
export type CommandCosts = Readonly<Record<PairName, { readonly ours: Cost; readonly peer: Cost }>>;

/** Boots a guest of its own. */
export async function measureCommands(): Promise<CommandCosts> {
  const records = population(SENSORS, 0).map(({ record }) => record);
  const guest = await bootGuest({
    bmc: simBmc({
      ...{ delayMs: ANSWER_MS, sdrs: { records } },
      sel: { entries: selEntries(ENTRIES) },
    }),
    timeoutMs: TIMEOUT_MS,
    files: { ...(await freeIpmiFiles()), ...programFiles('sensors') },
    steps: stepsOf({ ...ourSteps(baseOf(0)), bind: bindAll(1), ...peerSteps(0) }),
  });
  const names = Object.keys(PAIRS) as PairName[];
  const costs = names.map((name) => [name, costsOf(guest, name)] as const);
  return Object.fromEntries(costs) as unknown as CommandCosts;
}

/** The costs as a table. */
export function commandsText(costs: CommandCosts): string {
  const rows = Object.entries(costs).map(([name, { ours, peer }]): Row => {
    const counts = [ours, peer].map(({ transactions }) => String(transactions));
    const ratio = (ours.transactions / peer.transactions).toFixed(2);
    const times = [ours, peer].map(({ wallS }) => wallS.toFixed(1));
    return [name, PAIRS[name as PairName].peer, ...counts, ratio, ...times];
  });
  const title = `${SENSORS} sensors, ${ENTRIES} entries, ${ANSWER_MS} ms an answer`;
  const heads = ['transactions', 'peer', 'ratio', 's', 'peer s'];
  return formatTable([[title, 'peer', ...heads], ...rows]);
}
