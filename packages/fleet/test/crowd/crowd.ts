/**
 * Simulated hosts in a few processes, Debian's NATS server with a user for each, and a fleet that
 * asks them. The same crowd serves the tests, with some tens of hosts, and the benchmark, with a
 * thousand.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

import { connectFleet } from '../../src/fleet/fleet.ts';
import type { Fleet } from '../../src/fleet/fleet.ts';
import { connectNats } from '../../src/nats/connection.ts';
import { NatsServer } from '../nats/nats-server.ts';
import { Group } from './group.ts';
import type { HostPlan } from './simulated-host.ts';
import { until } from './wait.ts';

/** A way on which a group reaches the server, such as one that can be cut. */
export interface Way {
  /** Words before those of the program of the group. */
  readonly before: readonly string[];
  /** The URL of the server on this way. */
  readonly url: (server: NatsServer) => string;
}

/** A crowd as a test or a benchmark wants it. */
export interface CrowdPlan {
  readonly folder: string;
  /** Hosts of each group, a process each. */
  readonly groups: readonly number[];
  /** The folder of the states of the agents; in `folder` by default. */
  readonly stateFolder?: string;
  /** The way of each group; all direct by default. */
  readonly ways?: readonly (Way | undefined)[];
  readonly addresses?: readonly string[];
  readonly delayMs?: (index: number) => number;
  readonly skewMs?: (index: number) => number;
  readonly haste?: number;
  readonly withoutEvents?: boolean;
  readonly logLevel?: string;
  /** Told of the crowd when its server runs, before any agent starts. */
  readonly onServer?: (crowd: Crowd) => void;
}

export const USER = 'alice';
export const PREFIX = 'ipmi-bt';
export const STREAM = `${PREFIX}-events`;

const POLICY = { users: { [USER]: ['read', '0x00/0x04'] }, others: [] };

/** A BMC that answers at once could not hang. */
const DELAY_MS = 20;

const NAME_DIGITS = 4;
const DIRECT: Way = { before: [], url: (server) => server.url };

export class Crowd {
  readonly plan: CrowdPlan;
  readonly server: NatsServer;
  readonly groups: readonly Group[];
  #admin: NatsConnection | undefined;
  #fleet: Fleet | undefined;

  private constructor(plan: CrowdPlan, server: NatsServer) {
    this.plan = plan;
    this.server = server;
    const hosts = hostPlans(plan);
    const ends = plan.groups.map((_, at) => sum(plan.groups.slice(0, at + 1)));
    this.groups = plan.groups.map((size, at) => {
      const end = ends[at] ?? 0;
      return groupOf(plan, server, { at, hosts: hosts.slice(end - size, end) });
    });
  }

  /** Starts the server and the agents, and resolves when all answer. */
  static async start(plan: CrowdPlan): Promise<Crowd> {
    const { folder, addresses = ['127.0.0.1'] } = plan;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'policy.json'), JSON.stringify(POLICY), { mode: 0o600 });
    const users = usersOf(hostPlans(plan).map(({ name }) => name));
    const server = new NatsServer(folder, { users, addresses });
    await server.start();
    const crowd = new Crowd(plan, server);
    plan.onServer?.(crowd);
    await crowd.#begin();
    return crowd;
  }

  get hosts(): readonly string[] {
    return this.groups.flatMap(({ hosts }) => hosts);
  }

  get fleet(): Fleet {
    if (this.#fleet === undefined) throw new Error('bug: the crowd has not begun');
    return this.#fleet;
  }

  /** A connection that may do everything. */
  get admin(): NatsConnection {
    if (this.#admin === undefined) throw new Error('bug: the crowd has not begun');
    return this.#admin;
  }

  /** Executions of the command of a round by the BMC of each host. */
  executions(round: number): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const line of this.groups.flatMap(({ truth }) => truth)) {
      const [host = '', number] = line.split(' ');
      if (Number(number) === round) counts.set(host, (counts.get(host) ?? 0) + 1);
    }
    return counts;
  }

  async tell(work: Parameters<Group['tell']>[0], hosts = this.hosts): Promise<void> {
    const told = new Set(hosts);
    const groups = this.groups.filter((group) => group.hosts.some((host) => told.has(host)));
    await Promise.all(groups.map(async (group) => await group.tell(work, hosts)));
  }

  /** Resolves when each of the hosts answers a command that reads. */
  async untilAnswering(hosts = this.hosts): Promise<void> {
    let missing = hosts;
    await until('all hosts answer', async () => {
      const question = { endpoint: 'raw', body: { netFn: 6, cmd: 1 } } as const;
      const { results } = await this.fleet.gather({ hosts: missing, question, waitMs: 10_000 });
      missing = results.flatMap(({ host, delivery }) => (delivery.kind === 'answer' ? [] : [host]));
      return missing.length === 0;
    });
  }

  /** The events that the stream of the server has. */
  async eventsInStream(): Promise<number> {
    const manager = await jetstreamManager(this.admin);
    return (await manager.streams.info(STREAM)).state.messages;
  }

  async close(): Promise<void> {
    await Promise.all(this.groups.map(async (group) => await group.kill()));
    await this.#fleet?.close();
    await this.#admin?.close();
    await this.server.kill();
  }

  async #begin(): Promise<void> {
    this.#admin = await connectNats({ ...this.server.options('admin'), lasts: true });
    const manager = await jetstreamManager(this.#admin);
    await manager.streams.add({ name: STREAM, subjects: [`${STREAM}.*`] });
    this.#fleet = await connectFleet({ ...this.server.options(USER), user: USER });
    for (const group of this.groups) group.start();
    await this.untilAnswering();
  }
}

function hostPlans({ groups, delayMs, skewMs }: CrowdPlan): readonly HostPlan[] {
  return Array.from({ length: sum(groups) }, (_, index) => ({
    ...{ name: `h${String(index + 1).padStart(NAME_DIGITS, '0')}`, index },
    ...{ delayMs: delayMs?.(index) ?? DELAY_MS, skewMs: skewMs?.(index) ?? 0 },
  }));
}

function groupOf(
  plan: CrowdPlan,
  server: NatsServer,
  { at, hosts }: { readonly at: number; readonly hosts: readonly HostPlan[] },
): Group {
  const { folder, stateFolder = join(folder, 'states') } = plan;
  const { haste = 1, withoutEvents = false, logLevel = 'silent' } = plan;
  const { before, url } = plan.ways?.[at] ?? DIRECT;
  mkdirSync(stateFolder, { recursive: true });
  return new Group(
    {
      ...{ folder, stateFolder, haste, withoutEvents, logLevel, hosts, prefix: PREFIX },
      ...{ server: url(server), truthFile: join(folder, `truth-${at}`) },
    },
    before,
  );
}

/** The permissions of docs/fleet.md. */
function usersOf(hosts: readonly string[]): Readonly<Record<string, string>> {
  const agents = hosts.map((host) => [
    host,
    `{ publish: ["${STREAM}.${host}", "$JS.API.INFO", "_INBOX.>"],
    subscribe: ["${PREFIX}.${host}.*.*", "${PREFIX}.all.*.*", "$SRV.>", "_INBOX.${PREFIX}_${host}.>"] }`,
  ]);
  const asks = `{ publish: ["${PREFIX}.*.*.${USER}", "$SRV.>"], subscribe: ["_INBOX.${USER}.>"] }`;
  return { ...Object.fromEntries(agents), admin: '{}', [USER]: asks } as Record<string, string>;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
