/**
 * `node --import tsx publishing-worker.ts FILE`: the publishers of some agents, each with a
 * connection, and a spool in which its events wait; or one connection that publishes the events of
 * all of them, many at a time. They begin together when the parent says so.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { NatsConnection } from '@nats-io/transport-node';
import { systemClock } from 'ipmi-bt';

import { publisherOf } from '../../src/agent/program.ts';
import { Publisher } from '../../src/agent/publisher.ts';
import { Spool } from '../../src/agent/spool.ts';
import { FolderDisk } from '../../src/disk/disk.ts';
import { connectInTheEnd } from '../../src/nats/first-connection.ts';
import { bodyOf } from '../../src/nats/protocol.ts';
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
  /** True: one connection for all, with the rights of the administrator. */
  readonly isGenerator: boolean;
}

/** Publications of the one connection that have no acknowledgement yet. */
const IN_FLIGHT = 256;

const RECORD_DIGITS = 32;
const HEX = 16;

const [file = ''] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(file, 'utf8')) as PublishingPlan;
const random = (): number => 0;
const complain = (error: unknown): void => void process.stderr.write(`${String(error)}\n`);

const ready: (() => unknown)[] = [];
if (plan.isGenerator) ready.push(await prepareGenerator());
// In turn: the signatures of all at once would take longer than a server waits.
else for (const host of plan.hosts) ready.push(await prepare(host));
process.once('message', () => {
  for (const begin of ready) begin();
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

async function connect(user: string): Promise<NatsConnection> {
  const { folder, prefix, server } = plan;
  return await connectInTheEnd(
    {
      ...{ servers: [server], name: user, inboxPrefix: `_INBOX.${prefix}_${user}` },
      ...{ nkeyFile: join(folder, `${user}.nk`), caFile: join(folder, 'nats.crt') },
    },
    { clock: systemClock, random, onRefused: complain, signal: new AbortController().signal },
  );
}

async function prepareGenerator(): Promise<() => Promise<unknown>> {
  const { hosts, events, prefix } = plan;
  const connection = await connect('admin');
  const publishers = hosts.map((host) => publisherOf(connection, eventSubject(prefix, host)));
  let next = 0;
  const publishOn = async (): Promise<void> => {
    for (let at = next; at < hosts.length * events; at = next) {
      next += 1;
      const host = at % hosts.length;
      const event = eventOf(hosts[host] ?? '', Math.floor(at / hosts.length) + 1);
      await publishers[host]?.(bodyOf(event), event.id);
    }
  };
  return async () => await Promise.all(Array.from({ length: IN_FLIGHT }, publishOn));
}

async function prepare(host: string): Promise<() => Publisher> {
  const { stateFolder, prefix, events } = plan;
  const spool = new Spool(new FolderDisk(join(stateFolder, host)), complain);
  for (let number = 1; number <= events; number += 1) spool.add(eventOf(host, number));
  const connection = await connect(host);
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
