/**
 * `node --import tsx worker.ts FILE`: a process with the hosts of the plan in the file. Its parent
 * tells it what befalls them, and is answered when that is done.
 */

import { readFileSync } from 'node:fs';

import { SimulatedHost } from './simulated-host.ts';
import type { ProcessPlan } from './simulated-host.ts';

/** A message of the parent; the hosts are those of this process that it is for. */
export type Order = { readonly id: number; readonly hosts: readonly string[] } & (
  | { readonly does: 'hang' | 'goOn' | 'deafen' | 'end' | 'usage' }
  | { readonly does: 'slowTo'; readonly delayMs: number }
  | { readonly does: 'log'; readonly numbers: readonly number[] }
);

/** Everything that this process has used. */
export interface Usage {
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** The answer to an order. */
export interface Done {
  readonly id: number;
  readonly usage: Usage;
}

const US_PER_MS = 1000;

const [file = ''] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(file, 'utf8')) as ProcessPlan;
const hosts = new Map(plan.hosts.map((host) => [host.name, new SimulatedHost(host, plan)]));

process.on('message', (order: Order) => {
  void obey(order).then(() => process.send?.({ id: order.id, usage: usage() } satisfies Done));
});
process.on('disconnect', () => process.exit(0));

async function obey(order: Order): Promise<void> {
  for (const name of order.hosts) {
    const host = hosts.get(name);
    if (host === undefined) throw new Error(`bug: ${name} is not of this process`);
    if (order.does === 'hang') host.hang();
    if (order.does === 'goOn') host.goOn();
    if (order.does === 'deafen') host.deafen();
    if (order.does === 'slowTo') host.slowTo(order.delayMs);
    if (order.does === 'log') for (const number of order.numbers) host.log(number);
  }
  if (order.does !== 'end') return;
  await Promise.all([...hosts.values()].map(async (host) => await host.close()));
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / US_PER_MS, rssBytes: process.memoryUsage.rss() };
}
