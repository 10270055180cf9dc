/**
 * The endpoints that only read, over typed commands. Each request of theirs is held to the policy,
 * so that no endpoint says more than the user could ask for by raw commands.
 */

import { IpmiError } from 'ipmi-bt';
import type { BmcIdentity, Clock, IdentityOptions, Requester, Statistics } from 'ipmi-bt';
import { commands } from 'ipmi-bt/commands';
import type { Commands } from 'ipmi-bt/commands';

import { digitsOf } from '../nats/protocol.ts';
import type { ReadAnswer, ReadRequest } from '../nats/protocol.ts';
import type { Endpoint } from '../nats/subjects.ts';
import { FleetError } from './fleet-error.ts';
import type { Pages } from './pages.ts';
import { permitted } from './raw.ts';
import type { Asker } from './raw.ts';

/** A device as the endpoints need it. */
export interface AgentDevice extends Requester {
  readonly statistics: () => Promise<Readonly<Statistics>>;
  readonly identity: (options?: IdentityOptions) => Promise<BmcIdentity>;
}

/** Everything that the endpoints need. */
export interface ReadParts {
  readonly host: string;
  readonly device: AgentDevice;
  readonly clock: Clock;
  readonly pages: Pages;
  readonly smoke: () => Promise<object>;
}

/** Endpoints without the raw one. */
export type ReadEndpoint = Exclude<Endpoint, 'raw'>;

type Reader = (parts: ReadParts, bmc: Commands, request: ReadRequest) => Promise<unknown>;

const READERS: Readonly<Record<ReadEndpoint, Reader>> = {
  info: async ({ device }, _, { timeoutMs }) => await device.identity({ timeoutMs }),
  statistics: async ({ device }) => await device.statistics(),
  sensors: async (_, bmc) => await listOf(bmc.sensors()),
  sel: async (_, bmc) => await listOf(bmc.sel.entries()),
  lan: async (_, bmc) => await bmc.lan.get(),
  smoke: async ({ smoke }) => await smoke(),
};

/** Answers a request to such an endpoint; a list comes in pages. */
export async function answerRead(
  parts: ReadParts,
  asker: Asker,
  { endpoint, request }: { readonly endpoint: ReadEndpoint; readonly request: ReadRequest },
): Promise<ReadAnswer> {
  const { host, pages, device, clock } = parts;
  checkReads(asker);
  const outcome = 'answered';
  if (request.page !== undefined) return { host, outcome, ...pages.at(asker.user, request.page) };
  const limited = limitedTo(request.timeoutMs, device, clock);
  const bmc = commands(permitted(limited, asker.permission), { clock });
  const result = plainOf(await READERS[endpoint](parts, bmc, request));
  if (!Array.isArray(result)) return { host, outcome, result };
  return { host, outcome, ...pages.first(asker.user, result) };
}

/** A requester that sends nothing when the time of the caller is over. */
function limitedTo(timeoutMs: number | undefined, requester: Requester, clock: Clock): Requester {
  if (timeoutMs === undefined) return requester;
  const endMs = clock.now() + timeoutMs;
  return {
    async request(input, options) {
      const leftMs = endMs - clock.now();
      if (leftMs <= 0) throw new IpmiError('REQUEST_TIMEOUT', 'the time of the request is over');
      const ownMs = options?.timeoutMs ?? leftMs;
      return await requester.request(input, { ...options, timeoutMs: Math.min(ownMs, leftMs) });
    },
  };
}

/** As JSON has it: bytes as hex digits, errors as their codes. */
export function plainOf(value: unknown): unknown {
  const text = JSON.stringify(value, (_, one: unknown) => {
    if (one instanceof Uint8Array) return digitsOf(one);
    if (typeof one === 'bigint') return one.toString();
    if (!(one instanceof IpmiError)) return one;
    const { code, message, outcome, completionCode } = one;
    return { code, message, outcome, completionCode };
  });
  return JSON.parse(text) as unknown;
}

/** These endpoints are for users that may read. */
function checkReads({ permission }: Asker): void {
  if (permission === 'all' || permission.some(({ kind }) => kind === 'read')) return;
  throw new FleetError('COMMAND_DENIED', 'this user has no grant to read');
}

async function listOf(items: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const list: unknown[] = [];
  for await (const item of items) list.push(item);
  return list;
}
