/**
 * `npm run bench:fleet`: a thousand simulated agents in a few processes, and Debian's NATS server;
 * one command to all, events in bulk, the memory of an agent, failures in mid-run, and a loop of
 * ssh beside it. Names of parts behind it measure these alone; `--hosts N` takes another number,
 * `--json` prints one JSON object. Needs root, because the partition is one of network namespaces.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { formatTable, report } from '../../../../test/bench/table.ts';
import { connectingRows, measureConnecting } from './connecting.ts';
import { eventRows, measureEvents } from './events.ts';
import { failureRows, measureFailures } from './failing.ts';
import { loopRows, measureLoop } from './loop.ts';
import { measureMemory, memoryRows } from './memory.ts';
import { SLOWEST_MS, measureReading, readingRows } from './reading.ts';
import { NetworkSpace } from './network-space.ts';

const PROCESSES = 4;
const EVENTS_OF_HOST = 100;
const HOUR_MS = 3_600_000;

const { values, positionals } = parseArgs({
  ...{ allowPositionals: true, strict: true },
  options: { hosts: { type: 'string', default: '1000' }, json: { type: 'boolean' } },
});
const size = Math.ceil(Number(values.hosts) / PROCESSES);
const count = size * PROCESSES;

/** From a hundredth of the slowest to the slowest, evenly. */
const delayMs = (index: number): number => {
  const least = SLOWEST_MS / 100;
  return least + ((SLOWEST_MS - least) * index) / (count - 1);
};

/** Clocks of hosts are behind by up to a day, or ahead. */
const skewMs = (index: number): number => (index % 49) * HOUR_MS - 24 * HOUR_MS;

const folder = mkdtempSync(join(tmpdir(), 'ipmi-bt-bench-'));
const space = NetworkSpace.make();

const [crowd, connecting] = await measureConnecting({
  ...{ folder, groups: Array<number>(PROCESSES).fill(size), delayMs, skewMs },
  addresses: ['127.0.0.1', space.address],
  // The last group is behind a link that can be cut.
  ways: [...Array<undefined>(PROCESSES - 1).fill(undefined), space.way],
});
/** In this order: after the last one there are no agents. */
const PARTS = {
  connect: () => Promise.resolve(rows(connecting, connectingRows)),
  read: async () => rows(await measureReading(crowd), readingRows),
  loop: async () => rows(await measureLoop(crowd, delayMs), loopRows),
  memory: async () => rows(await measureMemory(crowd), memoryRows),
  failures: async () => rows(await measureFailures(crowd, space), failureRows),
  events: async () => rows(await measureEvents(crowd, EVENTS_OF_HOST), eventRows),
};

try {
  const results: Record<string, unknown> = {};
  let text = '';
  for (const [name, measure] of Object.entries(PARTS)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    const part = await measure();
    results[name] = part.results;
    text += `${name}\n${part.text}\n`;
    process.stderr.write(`${part.text}\n`);
  }
  report(results, text);
} finally {
  await crowd.close();
  space.remove();
  rmSync(folder, { recursive: true, force: true });
}

function rows<T>(results: T, rowsOf: (results: T) => Parameters<typeof formatTable>[0]) {
  return { results, text: formatTable(rowsOf(results)) };
}
