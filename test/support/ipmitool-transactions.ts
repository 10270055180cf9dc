/**
 * Counts the transactions of command lines with ipmitool and with `ipmi-bt ipmitool`, each on a
 * simulated BMC of its own, as large as a server's.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

/** Files of lines, which `exec` runs in one process: a name, and the lines. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  provisioning: [
    ...['mc info', 'chassis status', 'lan print 1', 'user list 1', 'channel info 1'],
    ...['channel getaccess 1 2', 'raw 0x06 0x01', 'sel info'],
  ],
  fans: [
    ...['raw 0x30 0x30 0x01 0x00', 'sensor reading "Temp 0"', 'raw 0x30 0x30 0x02 0xff 0x14'],
    ...['sensor reading "Temp 0" "Fan 2"', 'raw 0x30 0x30 0x01 0x01'],
  ],
  health: [
    ...['mc selftest', 'chassis status', 'sdr elist', 'sdr type Temperature', 'sdr type Fan'],
    ...['sensor list', 'sel elist last 20', 'fru print 0'],
  ],
};

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
  const folder = await mkdtemp(join(tmpdir(), 'ipmi-bt-lines-'));
  try {
    const costs: LineCost[] = [];
    for (const { line, words } of [...LINES.map(asWords), ...(await execLines(folder))]) {
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
    await rm(folder, { recursive: true });
  }
}

/** A line as the table has it, and its words. */
interface Line {
  readonly line: string;
  readonly words: readonly string[];
}

function asWords(line: string): Line {
  return { line, words: line.split(' ') };
}

/** Each file by itself, and all of them in one process. */
async function execLines(folder: string): Promise<readonly Line[]> {
  const files = { ...FILES, all: Object.values(FILES).flat() };
  const lines: Line[] = [];
  for (const [name, commands] of Object.entries(files)) {
    const path = join(folder, name);
    await writeFile(path, `${commands.join('\n')}\n`);
    lines.push({ line: `exec ${name}`, words: ['exec', path] });
  }
  return lines;
}

/** The files in words, as `docs/performance.md` has them. */
export function filesText(): string {
  const items = Object.entries(FILES).map(([name, lines]) => {
    return `- \`${name}\`: ${lines.map((line) => `\`${line}\``).join(', ')}\n`;
  });
  return items.join('');
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
