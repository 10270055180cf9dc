/** One run of `ipmi-bt-agent`: from the first connection until a signal ends it. */

import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';

import { ConfigError, open } from 'ipmi-bt';
import type { Clock, Device, Log } from 'ipmi-bt';
import { readUserPolicy } from 'ipmi-bt/policy';
import type { UserPolicy } from 'ipmi-bt/policy';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';

import { settledBy } from '../clock.ts';
import { mayPass } from '../interface/failure.ts';
import type { InterfaceOptions } from '../interface/options.ts';
import { tellSim } from '../interface/tell-sim.ts';
import { Reopening } from '../interface/reopening.ts';
import { checkNats } from '../nats/connection.ts';
import { connectInTheEnd } from '../nats/first-connection.ts';
import { isRefusal } from '../nats/permissions.ts';
import { closedError, tellStates } from '../nats/states.ts';
import { eventSubject, inboxOf } from '../nats/subjects.ts';
import { aborted } from '../or-aborted.ts';
import { Agent } from './agent.ts';
import type { AgentParts } from './agent.ts';
import { Service } from './discovery.ts';
import { Limits } from './limits.ts';
import { POLICY_FILE } from './options.ts';
import type { AgentOptions } from './options.ts';
import { Pages } from './pages.ts';
import { Publisher, publishError } from './publisher.ts';
import type { AgentDevice } from './reads.ts';
import { SelSource } from './sel-source.ts';
import { smokeRunner } from './smoke.ts';
import { openState } from './state.ts';
import type { State } from './state.ts';

/** Everything that a run needs besides its options. */
export interface AgentRunParts {
  readonly version: string;
  readonly clock: Clock;
  /** Milliseconds since 1970: the time of day, which may be set meanwhile. */
  readonly wallMs: () => number;
  readonly random: () => number;
  readonly log: Log;
  /** Opens the way to the BMC, again after it has closed; another process may have it for long. */
  readonly openBmc: (options: InterfaceOptions, signal: AbortSignal) => Promise<Device>;
  /** Told what reads the policy again. */
  readonly onReload: (reload: () => void) => void;
  /** Aborts when the program is to end, at any time. */
  readonly signal: AbortSignal;
}

/** Longest page; the rest of a message needs so much room besides. */
const PAGE_BYTES_MAX = 256 * 1024;
const REST_BYTES = 1024;

/** A stream has so long to acknowledge an event. */
const ACKNOWLEDGE_MS = 10_000;

/** At the end the server has so long to take what was still to be sent. */
const DRAIN_MS = 5000;

/** Runs until its end. Rejects with the error that makes it impossible. */
export async function runAgent(options: AgentOptions, parts: AgentRunParts): Promise<void> {
  const { log, clock, signal } = parts;
  const policy = policyOf(options, parts);
  await checkNats({ ...options, ...namesOf(options) });
  tellSim(options, log);
  const onError = (error: unknown): void => {
    // The server's own word of it is told, with the subject and what to do.
    if (!isRefusal(error)) log.warn({ error: String(error) }, 'trouble');
  };
  const state = openState(options.stateFolder, { clock, onError });
  const way = new Reopening<Device>({
    open: () => parts.openBmc(options, signal),
    onChange: (device) => {
      log.info({ dev: device?.name }, device === undefined ? 'closed' : 'opened');
    },
  });
  try {
    await openFirst(way, log, signal);
    if (!signal.aborted) await run(options, parts, { state, way, policy, onError });
  } finally {
    await way.close();
    state.release();
  }
}

/** Everything that answers and tells. */
interface Means extends Pick<AgentParts, 'policy' | 'onError'> {
  readonly state: State;
  readonly way: Reopening<Device>;
}

/** Throws a `ConfigError` for a file that was named and is not there: without one, all may read. */
function readPolicy(path: string): UserPolicy {
  if (path === POLICY_FILE || existsSync(path)) return readUserPolicy(path);
  const what = 'there is no such file, and without a policy everybody may read';
  throw new ConfigError(`--policy ${path}: ${what}`);
}

/** The policy of now, which a reload reads again. */
function policyOf({ policyFile }: AgentOptions, { log, onReload }: AgentRunParts) {
  let policy = readPolicy(policyFile);
  onReload(() => {
    try {
      policy = readPolicy(policyFile);
      log.info({ users: policy.users.size }, 'the policy was read again');
    } catch (error) {
      log.error({ error: String(error) }, 'the policy is wrong; the one before stays in force');
    }
  });
  return () => policy;
}

/** The event log is read from the start on, and told and answered when there is a connection. */
async function run(options: AgentOptions, parts: AgentRunParts, means: Means): Promise<void> {
  const { log, clock, wallMs, random, signal } = parts;
  const { host } = options;
  const { way, onError, state } = means;
  const { spool } = state;
  const requester = deviceOf(way);
  const polling = new AbortController();
  const stop = (): void => {
    polling.abort(new Error('closed'));
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const source = new SelSource({ host, requester, spool, clock, wallMs, onError });
  if (!options.withoutEvents) void source.run(polling.signal);
  try {
    log.info({ servers: options.servers }, 'connecting, until a server is there');
    const onRefused = (error: Error): void => {
      log.warn({ error: String(error) }, 'not connected');
    };
    const connecting = connectInTheEnd(
      { ...options, ...namesOf(options) },
      { clock, random, onRefused, signal },
    );
    const connection = await connecting.catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (connection === undefined) return;
    log.info({ host, server: connection.getServer() }, 'connected');
    await answer(options, parts, { ...means, connection });
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** Answers and publishes until the end, or until the connection is closed for good. */
async function answer(
  options: AgentOptions,
  parts: AgentRunParts,
  means: Means & Pick<AgentParts, 'connection'>,
): Promise<void> {
  const { clock, random, log, signal } = parts;
  const { connection, onError, state } = means;
  const agent = new Agent(agentParts(options, parts, means));
  const publish = publisherOf(connection, eventSubject(options.prefix, options.host));
  const publisher = options.withoutEvents
    ? undefined
    : new Publisher({ spool: state.spool, clock, publish, random, onError });
  await Promise.race([aborted(signal), tellStates(connection, log)]);
  // As when its key cannot be read any more: no request would come to it.
  const lost = connection.isClosed() ? await closedError(connection) : undefined;
  await agent.close();
  const drained = async (): Promise<void> => {
    await publisher?.close();
    // Without a server there is nothing to drain into, and the library would go on trying.
    if (!connection.isClosed()) await connection.drain().catch(onError);
  };
  if (!(await settledBy(clock, clock.now() + DRAIN_MS, drained()))) {
    log.warn({ waitedMs: DRAIN_MS }, 'the server does not answer; the last answers may be lost');
  }
  await connection.close();
  // What it waited for has failed by now: nothing comes to the spool any more.
  await publisher?.close();
  if (lost !== undefined) throw lost;
}

function agentParts(
  options: AgentOptions,
  parts: AgentRunParts,
  { connection, policy, state, way }: Omit<Means, 'onError'> & Pick<AgentParts, 'connection'>,
): AgentParts {
  const { clock, wallMs, log } = parts;
  const { host, prefix, inFlight, perSecond } = options;
  return {
    ...{ connection, host, prefix, clock, wallMs, policy, device: deviceOf(way) },
    // Apart from the agent's own troubles, which no request must displace from the log.
    onError: (error) => {
      if (!isRefusal(error)) log.warn({ error: String(error) }, 'request failed');
    },
    pages: new Pages(clock, pageBytesOf(connection)),
    smoke: smokeRunner(interfaceArgs(options)),
    journal: state.journal,
    limits: new Limits({ inFlight, perSecond }, clock),
    service: serviceOf(options, parts, way),
  };
}

/**
 * Publishes to a stream; the library is told the id, by which the stream drops what it has. It
 * does so by the id alone, and two hosts may record the same: the subject is part of it.
 */
export function publisherOf(
  connection: NatsConnection,
  subject: string,
): (body: Uint8Array, id: string) => Promise<void> {
  const stream = jetstream(connection);
  return async (body, id) => {
    try {
      await stream.publish(subject, body, {
        ...{ msgID: `${subject}.${id}`, timeout: ACKNOWLEDGE_MS, retries: 1 },
      });
    } catch (error) {
      throw publishError(error, subject);
    }
  };
}

async function openFirst(way: Reopening<Device>, log: Log, signal: AbortSignal): Promise<void> {
  try {
    await way.device();
  } catch (error) {
    if (signal.aborted) return;
    if (!mayPass(error)) throw error;
    log.warn({ error: String(error) }, 'not opened; each request tries again');
  }
}

/** Opens what the options say: the interface of this host, or a simulated BMC. */
export async function openBmc(
  { base, spacing, via, sim }: InterfaceOptions,
  signal: AbortSignal,
): Promise<Device> {
  if (!sim) return await open({ base, spacing, via, bringUp: 'lazy', signal });
  const { SimBmc } = await import('ipmi-bt/sim');
  const port = new SimBmc();
  return await open({ base: port.base, port, bringUp: 'lazy' });
}

function pageBytesOf({ info }: NatsConnection): number {
  const payload = info?.max_payload ?? PAGE_BYTES_MAX;
  return Math.min(PAGE_BYTES_MAX, payload - REST_BYTES);
}

function deviceOf(way: Reopening<Device>): AgentDevice {
  return {
    request: async (input, options) => await way.request(input, options),
    statistics: async () => (await way.device()).statistics(),
    identity: async (identify) => await (await way.device()).identity(identify),
  };
}

/** The inbox has the name of the host, so that permissions can keep others from its answers. */
function namesOf({ host, prefix }: AgentOptions): { name: string; inboxPrefix: string } {
  return { name: `ipmi-bt-agent ${host}`, inboxPrefix: inboxOf(`${prefix}_${host}`) };
}

function interfaceArgs({ base, spacing, via, sim }: AgentOptions): readonly string[] {
  const place = base === undefined ? [] : ['--base', `${base}`];
  const width = spacing === undefined ? [] : ['--spacing', `${spacing}`];
  return [...place, ...width, ...(sim ? ['--sim'] : ['--via', via])];
}

function serviceOf(
  { host, prefix }: AgentOptions,
  { version, wallMs }: AgentRunParts,
  way: Reopening<Device>,
): Service {
  let known: Readonly<Record<string, string>> = {};
  const learn = async (): Promise<void> => {
    const { deviceId } = await (await way.device()).identity();
    if (deviceId === undefined) return;
    const { manufacturerId, productId, firmwareRevision: firmware } = deviceId;
    known = { manufacturer: `${manufacturerId}`, product: `${productId}`, firmware };
  };
  return new Service({
    ...{ version, prefix, host, startedMs: wallMs(), id: randomUUID() },
    metadata: () => {
      if (known['product'] === undefined) void learn().catch(() => undefined);
      return { host, ...known };
    },
  });
}
