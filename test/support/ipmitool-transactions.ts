/**
 * Counts the transactions of command lines with ipmitool and with `ipmi-bt ipmitool`, each on a
 * simulated BMC of its own, as large as a server's.
 */

import { population, selEntries, FRU } from '../vm/population.ts';
import { directBmc } from './direct-bmc.ts';
import { startDummy } from './ipmitool-dummy.ts';
import type { Printed } from './ipmitool-dummy.ts';
import { runOurs } from './ipmitool-ours.ts';

const SENSORS = 300;
const ENTRIES = 500;

/** Lines whose words are parted by spaces. */
const LINES: readonly string[] = [
  'raw 0x06 0x01',
  'mc info',
  'chassis status',
  'chassis power status',
  'sel info',
  'sel list',
  'sel elist',
  'sdr list',
  'sdr type Temperature',
  'sensor list',
  'fru print 0',
  'lan print 1',
  'user list 1',
  'channel info 1',
];

/** What a line costs with each program, and whether both end in the same way. */
export interface LineCost {
  readonly line: string;
  readonly ours: number;
  readonly theirs: number;
  readonly isSame: boolean;
}

/** Runs each line with both programs. */
export async function lineCosts(): Promise<readonly LineCost[]> {
  const dummy = await startDummy(serverBmc().requester);
  try {
    const costs: LineCost[] = [];
    for (const line of LINES) {
      const words = line.split(' ');
      const [peer, own] = [serverBmc(), serverBmc()];
      dummy.requester = peer.requester;
      const theirs = await dummy.run(words);
      const ours = await runOurs(words, own);
      const isSame = isAlike(ours, theirs);
      costs.push({ line, ours: own.requests().length, theirs: peer.requests().length, isSame });
    }
    return costs;
  } finally {
    await dummy.close();
  }
}

/** Rows of the table in Markdown, without its head. */
export function costRows(costs: readonly LineCost[]): readonly string[] {
  return costs.map(({ line, ours, theirs }) => {
    return `| \`${line}\` | ${ours} | ${theirs} | ${(ours / theirs).toFixed(2)} |`;
  });
}

function serverBmc() {
  const records = population(SENSORS, 0).map(({ record }) => record);
  const storage = { sdrs: { records }, sel: { entries: selEntries(ENTRIES) } };
  return directBmc({ ...storage, fru: { bytes: FRU } });
}

function isAlike(one: Printed, other: Printed): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
