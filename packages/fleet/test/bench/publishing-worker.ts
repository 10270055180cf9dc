/**
 * `node --import tsx publishing-worker.ts FILE`: the publishers of some agents, each with a
 * connection, and a spool in which its events wait. They begin together when the parent says so.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { systemClock } from 'ipmi-bt';

import { publisherOf } from '../../src/agent/program.ts';
import { Publisher } from '../../src/agent/publisher.ts';
import { Spool } from '../../src/agent/spool.ts';
import { FolderDisk } from '../../src/disk/disk.ts';
import { connectInTheEnd } from '../../src/nats/first-connection.ts';
import { eventSubject } from '../../src/nats/subjects.ts';

/** Everything that the process is told. */
export interface PublishingPlan {
  readonly server: string;
  readonly folder: string;
  readonly stateFolder: string;
  readonly prefix: string;
  readonly hosts: readonly string[];
  /** Of each host. */
  readonly events: number;
}

const RECORD_DIGITS = 32;
const HEX = 16;

const [file = ''] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(file, 'utf8')) as PublishingPlan;
const complain = (error: unknown): void => void process.stderr.write(`${String(error)}\n`);

const ready: (() => Publisher)[] = [];
// In turn: the signatures of all at once would take longer than a server waits.
for (const host of plan.hosts) ready.push(await prepare(host));
process.once('message', () => {
  for (const begin of ready) begin();
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

async function prepare(host: string): Promise<() => Publisher> {
  const { folder, stateFolder, prefix, events, server } = plan;
  const spool = new Spool(new FolderDisk(join(stateFolder, host)), complain);
  for (let number = 1; number <= events; number += 1) spool.add(eventOf(host, number));
  const random = (): number => 0;
  const connection = await connectInTheEnd(
    {
      ...{ servers: [server], name: host, inboxPrefix: `_INBOX.${prefix}_${host}` },
      ...{ nkeyFile: join(folder, `${host}.nk`), caFile: join(folder, 'nats.crt') },
    },
    { clock: systemClock, random, onRefused: complain },
  );
  const publish = publisherOf(connection, eventSubject(prefix, host));
  return () => new Publisher({ spool, clock: systemClock, publish, random, onError: complain });
}

/** As long as a real one: the words are those of a temperature above its limit. */
function eventOf(host: string, number: number) {
  const record = number.toString(HEX).padStart(RECORD_DIGITS, '0');
  const words = 'Temperature CPU 1 Temp: Upper Critical - going high, asserted';
  const event = { recordType: 2, timestamp: '2026-01-01T00:00:00.000Z', generator: 0x20, words };
  return { host, id: record, kind: 'sel', at: '2026-01-01T00:00:00.000Z', record, event } as const;
}
