/**
 * A fleet of hosts: questions to many of them at once, and a `Requester` for each, over which all
 * of `ipmi-bt/commands` works.
 */

import { randomUUID } from 'node:crypto';

import { IpmiError, systemClock } from 'ipmi-bt';
import type {
  Clock,
  IpmiErrorCode,
  Reply,
  RequestInput,
  RequestOptions,
  Requester,
  RequestSignal,
} from 'ipmi-bt';

import { connectNats } from '../nats/connection.ts';
import type { NatsOptions } from '../nats/connection.ts';
import { bytesOf, digitsOf } from '../nats/protocol.ts';
import type { FleetErrorCode } from '../nats/protocol.ts';
import { DEFAULT_PREFIX, inboxOf } from '../nats/subjects.ts';
import { byName } from './coalesce.ts';
import { gather } from './gather.ts';
import type { GatherPlan, Gathered } from './gather.ts';
import { HOSTS_MAX, HostsError, checkHostName } from './host-names.ts';
import { NatsTransport } from './nats-transport.ts';
import type { Discovered, Failure, Question, Transport } from './transport.ts';

/** Options of {@link Fleet}. */
export interface FleetOptions {
  /** The system's clock by default. */
  readonly clock?: Clock | undefined;
}

/** Options of {@link connectFleet}. */
export interface ConnectFleetOptions extends FleetOptions, NatsOptions {
  /** Last token of the subjects: the user to which the NATS server gives permission. */
  readonly user: string;
  /** First token of the subjects, `ipmi-bt` by default. */
  readonly prefix?: string | undefined;
}

/** The part of a plan that has no default. */
export type FleetQuestion = Pick<GatherPlan, 'hosts' | 'question'> &
  Partial<Omit<GatherPlan, 'hosts' | 'question'>>;

/** Time for one host, unless the caller says. */
export const DEFAULT_TIMEOUT_MS = 15_000;

/** Hosts that are asked at the same time, unless the caller says. */
export const DEFAULT_FANOUT = 1024;

/** The reason why hosts that were found are not all. */
export const TOO_MANY_NAMES = `more than ${HOSTS_MAX} names of hosts were told, by an agent that makes them up, or by more agents than a run can ask`;

const ALL_PERCENT = 100;

/** Time that an answer has to come back before the caller gives up, at most and as a share. */
const WAY_BACK_MAX_MS = 2000;
const WAY_BACK_SHARE = 0.2;

const NEVER_ABORTED = new AbortController().signal;

/** The codes of the agent itself, as an `IpmiError` has them. */
const IPMI_CODES: Partial<Readonly<Record<FleetErrorCode, IpmiErrorCode>>> = {
  BAD_REQUEST: 'COMMAND_DENIED',
  ID_MISSING: 'COMMAND_DENIED',
  ID_REUSED: 'COMMAND_DENIED',
  JOURNAL_FAILED: 'DEVICE_CLOSED',
  TOO_LATE: 'REQUEST_TIMEOUT',
  ANSWER_TOO_LONG: 'RESPONSE_MALFORMED',
  PAGE_GONE: 'RESPONSE_MALFORMED',
  AGENT_FAILED: 'DEVICE_CLOSED',
};

/** Asks hosts over a transport, which {@link close} closes. */
export class Fleet {
  readonly #transport: Transport;
  readonly #clock: Clock;

  constructor(transport: Transport, { clock = systemClock }: FleetOptions = {}) {
    this.#transport = transport;
    this.#clock = clock;
  }

  /** Sends requests to the BMC of one host, each at most once. Throws for a wrong name. */
  host(name: string): Requester {
    checkHostName(name);
    return { request: (input, options) => this.#request(name, input, options) };
  }

  /**
   * The hosts that answer within the time, or until the signal, in their natural order. Rejects
   * with a `HostsError` where more names were told than a run can have, which are not all, and
   * where there is none because the server does not let this user look for them.
   */
  async hosts(withinMs: number, signal?: RequestSignal): Promise<readonly string[]> {
    const { hosts, isCut, refusal } = await this.discover(withinMs, signal);
    if (hosts.length === 0 && refusal !== undefined) {
      throw new HostsError(`no agent can be found: ${refusal}`, 'refused');
    }
    if (!isCut) return hosts;
    throw new HostsError(`${TOO_MANY_NAMES}: name the hosts (--hosts)`);
  }

  /** The same, where some of the hosts are better than none. */
  async discover(withinMs: number, signal?: RequestSignal): Promise<Discovered> {
    const { hosts, ...rest } = await this.#transport.discover(withinMs, signal);
    return { ...rest, hosts: [...new Set(hosts)].sort(byName) };
  }

  /** Asks many hosts the same; resolves when each has its result. Never rejects for a host. */
  async gather(question: FleetQuestion): Promise<Gathered> {
    const { waitMs = DEFAULT_TIMEOUT_MS, hosts } = question;
    const plan: GatherPlan = {
      ...{ waitMs, fanout: DEFAULT_FANOUT, canaries: 0, maxFailuresPercent: ALL_PERCENT },
      // All in turn, in the worst case.
      deadlineMs: waitMs * Math.max(hosts.length, 1),
      signal: NEVER_ABORTED,
      onSend: ignore,
      onResult: ignore,
      ...question,
    };
    return await gather({ transport: this.#transport, clock: this.#clock }, plan);
  }

  async close(): Promise<void> {
    await this.#transport.close();
  }

  async #request(host: string, input: RequestInput, options: RequestOptions = {}): Promise<Reply> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, signal = NEVER_ABORTED } = options;
    const question = rawQuestion(input, { id: newRequestId(), timeoutMs });
    const { results } = await this.gather({ hosts: [host], question, waitMs: timeoutMs, signal });
    const [result] = results;
    if (result === undefined) throw new Error('bug: a host without a result');
    const { delivery } = result;
    if (delivery.kind === 'failure') throw errorOf(host, delivery);
    const { completionCode, data } = delivery.body as { completionCode: number; data: string };
    return { completionCode, data: bytesOf(data) };
  }
}

/** Connects to NATS, and returns the fleet over it. */
export async function connectFleet(options: ConnectFleetOptions): Promise<Fleet> {
  const { user, prefix = DEFAULT_PREFIX, clock = systemClock } = options;
  const connection = await connectNats({ ...options, inboxPrefix: inboxOf(user) });
  return new Fleet(new NatsTransport({ connection, clock, prefix, user }), { clock });
}

/** The question of a raw command. The agent gives up before the caller does, and says why. */
export function rawQuestion(
  { netFn, cmd, lun = 0, data = new Uint8Array() }: RequestInput,
  { id, timeoutMs }: { readonly id: string; readonly timeoutMs: number },
): Question {
  const body = { id, netFn, cmd, lun, data: digitsOf(data), timeoutMs: agentTimeoutMs(timeoutMs) };
  return { endpoint: 'raw', body };
}

/** The time that the agent has, of that which the caller waits. */
export function agentTimeoutMs(waitMs: number): number {
  return Math.max(1, waitMs - Math.min(WAY_BACK_MAX_MS, waitMs * WAY_BACK_SHARE));
}

/** A request id that no other command has. */
export function newRequestId(): string {
  return randomUUID();
}

function errorOf(host: string, { code, message, outcome, completionCode }: Failure): IpmiError {
  const own = IPMI_CODES[code];
  const said = own === undefined ? message : `${code}: ${message}`;
  return new IpmiError(own ?? (code as IpmiErrorCode), `${host}: ${said}`, {
    outcome,
    ...(completionCode === undefined ? {} : { completionCode }),
  });
}

function ignore(): void {
  // The caller reads the results at the end.
}
