/**
 * Events in bulk: each agent's publisher empties its spool into the stream, an acknowledgement for
 * each event, while a reader takes them out and remembers each on its disk.
 */

import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { jetstreamManager } from '@nats-io/jetstream';
import { systemClock } from 'ipmi-bt';

import type { Row } from '../../../../test/bench/table.ts';
import { FolderDisk } from '../../src/disk/disk.ts';
import { EventReader } from '../../src/events/event-reader.ts';
import { SeenIds } from '../../src/events/seen-ids.ts';
import type { Crowd } from '../crowd/crowd.ts';
import { PREFIX, STREAM } from '../crowd/crowd.ts';
import { pause } from '../crowd/wait.ts';
import { cpuMsOf } from './processor-time.ts';
import type { PublishingPlan } from './publishing-worker.ts';

const WORKER = join(import.meta.dirname, 'publishing-worker.ts');
const PROCESSES = 2;

/** Times as many events: one connection for all is much faster. */
const MANY = 4;
const LOOK_MS = 100;
const MS_PER_S = 1000;

/** Events of a second are counted over so many looks. */
const WINDOW = 10;

/** A folder in memory: the disks of a thousand hosts are not one disk. */
const MEMORY = '/dev/shm';

/** The fate of the events. */
export interface Bulk {
  readonly what: string;
  readonly events: number;
  /** From the first to the last in the stream, and in the busiest second. */
  readonly perSecond: number;
  readonly peakPerSecond: number;
  /** Until the reader had handled all, events a second. */
  readonly readPerSecond: number;
  readonly told: number;
  readonly serverCpuS: number;
}

/**
 * Publishes so many events of each host, with the files in memory, and on the disk. The agents of
 * the crowd are gone after that.
 */
export async function measureEvents(crowd: Crowd, eventsOfHost: number): Promise<readonly Bulk[]> {
  // Its agents have nothing to do meanwhile, and their users are those of the publishers.
  for (const group of crowd.groups) await group.kill();
  const disks = [
    ['each agent, files in memory', MEMORY, eventsOfHost, PROCESSES],
    ['each agent, files on one disk', crowd.plan.folder, Math.ceil(eventsOfHost / 4), PROCESSES],
    ['one connection, reader on a disk', crowd.plan.folder, eventsOfHost * MANY, 1],
  ] as const;
  const bulks: Bulk[] = [];
  for (const [what, place, events, processes] of disks) {
    const folder = mkdtempSync(join(place, 'ipmi-bt-'));
    bulks.push(await publishAll(crowd, { what, folder, events, processes }));
    rmSync(folder, { recursive: true, force: true });
  }
  return bulks;
}

export function eventRows(bulks: readonly Bulk[]): readonly Row[] {
  return [
    [
      'publishers',
      'events',
      'a second',
      'busiest second',
      'read a second',
      'told',
      'CPU s of server',
    ],
    ...bulks.map(({ what, events, perSecond, peakPerSecond, readPerSecond, ...rest }): Row => {
      const rates = [perSecond, peakPerSecond, readPerSecond].map((rate) => rate.toFixed(0));
      return [what, `${events}`, ...rates, `${rest.told}`, rest.serverCpuS.toFixed(1)];
    }),
  ];
}

/** Events of each host, from so many processes; one is a generator. */
interface Load {
  readonly folder: string;
  readonly events: number;
  readonly processes: number;
}

async function publishAll(crowd: Crowd, plan: Load & { readonly what: string }): Promise<Bulk> {
  const { what, folder, events } = plan;
  const manager = await jetstreamManager(crowd.admin);
  await manager.streams.delete(STREAM);
  await manager.streams.add({ name: STREAM, subjects: [`${STREAM}.*`] });
  const told = new Map<string, number>();
  const reader = await EventReader.open({
    ...{ connection: crowd.admin, prefix: PREFIX, durable: 'bulk' },
    seen: new SeenIds(new FolderDisk(join(folder, 'seen'))),
    onEvent: ({ host, id }) => {
      told.set(`${host} ${id}`, (told.get(`${host} ${id}`) ?? 0) + 1);
      return Promise.resolve();
    },
    onError: (error) => void process.stderr.write(`${String(error)}\n`),
  });
  const workers = await publishers(crowd, plan);
  const before = cpuMsOf(crowd.server.pid ?? 0);
  const startMs = systemClock.now();
  for (const worker of workers) worker.send('go');
  const total = events * crowd.hosts.length;
  const counts: number[] = [0];
  let publishedMs = NaN;
  while (told.size < total) {
    await pause(LOOK_MS);
    const { messages } = (await manager.streams.info(STREAM)).state;
    counts.push(messages);
    if (messages === total && Number.isNaN(publishedMs)) publishedMs = systemClock.now() - startMs;
  }
  const readMs = systemClock.now() - startMs;
  await reader.close();
  for (const worker of workers) worker.kill();
  return {
    ...{ what, events: total, perSecond: (total / publishedMs) * MS_PER_S },
    peakPerSecond: peakOf(counts),
    readPerSecond: (total / readMs) * MS_PER_S,
    told: [...told.values()].reduce((all, one) => all + one, 0),
    serverCpuS: (cpuMsOf(crowd.server.pid ?? 0) - before) / MS_PER_S,
  };
}

/** Processes whose publishers are connected, with their events on the disk. */
async function publishers(
  { server, hosts, plan }: Crowd,
  { folder, events, processes }: Load,
): Promise<readonly ChildProcess[]> {
  const size = Math.ceil(hosts.length / processes);
  const starting = Array.from({ length: processes }, async (_, at) => {
    const own: PublishingPlan = {
      ...{ server: server.url, folder: plan.folder, stateFolder: folder, prefix: PREFIX, events },
      ...{ hosts: hosts.slice(at * size, (at + 1) * size), isGenerator: processes === 1 },
    };
    const file = join(folder, `plan-${at}`);
    writeFileSync(file, JSON.stringify(own));
    const worker = fork(WORKER, [file], { execArgv: ['--import', 'tsx'] });
    await new Promise((ready, failed) => {
      worker.once('message', ready);
      worker.once('exit', (code) => {
        failed(new Error(`a process of publishers ended with ${code}`));
      });
    });
    return worker;
  });
  return await Promise.all(starting);
}

/** The looks are not exactly so far apart; the difference over ten of them is near a second's. */
function peakOf(counts: readonly number[]): number {
  const gains = counts.slice(WINDOW).map((count, at) => count - (counts[at] ?? 0));
  return gains.reduce((greatest, gain) => Math.max(greatest, gain), 0);
}
