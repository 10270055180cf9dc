/** Raw commands: what a user may send, and how one that may change something is sent once. */

import { createHash } from 'node:crypto';

import { IpmiError, bareText } from 'ipmi-bt';
import type { Requester } from 'ipmi-bt';
import { deniedReason, isRead, reservedReason } from 'ipmi-bt/policy';
import type { Permission, Request } from 'ipmi-bt/policy';

import { bytesOf, digitsOf } from '../nats/protocol.ts';
import type { RawAnswer, RawRequest } from '../nats/protocol.ts';
import { FleetError } from './fleet-error.ts';
import type { Fate, Journal } from './journal.ts';

/** Everything that raw commands need. */
export interface RawParts {
  readonly host: string;
  readonly requester: Requester;
  readonly journal: Journal;
}

/** The user that asks, and whether it asks all hosts. */
export interface Asker {
  readonly user: string;
  readonly permission: Permission;
  readonly asksAll: boolean;
}

type Answered = Extract<Fate, { readonly outcome: 'answered' }>;

/** Answers a raw command; rejects with a {@link FleetError} or an `IpmiError`. */
export async function answerRaw(
  parts: RawParts,
  asker: Asker,
  raw: RawRequest,
): Promise<RawAnswer> {
  const { netFn, cmd, lun, data } = raw;
  const request: Request = { netFn, cmd, lun, data: bytesOf(data) };
  checkPermission(asker, request);
  const options = { timeoutMs: raw.timeoutMs };
  if (isRead(request)) {
    const reply = await parts.requester.request(request, options);
    return answerOf(parts.host, {
      ...{ outcome: 'answered', completionCode: reply.completionCode },
      data: digitsOf(reply.data),
    });
  }
  const key = keyOf(asker, raw);
  const command = { key, digest: digestOf(request) };
  const { fate, isRepeated } = await parts.journal.execute(command, async () => {
    return await fateOf(parts.requester.request(request, options));
  });
  if (fate.outcome !== 'answered') throw new FleetError(fate.code, fate.message, fate.outcome);
  const answer = answerOf(parts.host, fate);
  return isRepeated ? { ...answer, isRepeated } : answer;
}

/** A requester that sends what a permission allows, and nothing else. */
export function permitted(requester: Requester, permission: Permission): Requester {
  return {
    async request(input, options) {
      const { netFn, cmd, lun = 0, data = new Uint8Array() } = input;
      const reason = deniedReason(permission, { netFn, cmd, lun, data });
      if (reason !== undefined) throw new IpmiError('COMMAND_DENIED', reason);
      return await requester.request(input, options);
    },
  };
}

function checkPermission({ permission, asksAll }: Asker, request: Request): void {
  const reason = reservedReason(request) ?? deniedReason(permission, request);
  if (reason !== undefined) throw new FleetError('COMMAND_DENIED', reason);
  if (!asksAll || isRead(request)) return;
  throw new FleetError('COMMAND_DENIED', 'a command that may change something names its host');
}

/** Ids of different users are different. */
function keyOf({ user }: Asker, { id }: RawRequest): string {
  if (id !== undefined) return `${user}/${id}`;
  throw new FleetError('ID_MISSING', 'a command that may change something needs a request id');
}

/** The fate that an error says; one of this program is no reason to send the command again. */
async function fateOf(request: ReturnType<Requester['request']>): Promise<Fate> {
  try {
    const { completionCode, data } = await request;
    return { outcome: 'answered', completionCode, data: digitsOf(data) };
  } catch (error) {
    if (!(error instanceof IpmiError)) {
      return { outcome: 'unknown', code: 'AGENT_FAILED', message: 'a fault of the agent' };
    }
    // The BMC has answered, but not with what could be kept.
    const outcome = error.outcome === 'not-sent' ? 'not-sent' : 'unknown';
    return { outcome, code: error.code, message: bareText(error) };
  }
}

function answerOf(host: string, { completionCode, data }: Answered): RawAnswer {
  return { host, outcome: 'answered', completionCode, data };
}

function digestOf({ netFn, lun, cmd, data }: Request): string {
  return createHash('sha256')
    .update(Uint8Array.of(netFn, lun, cmd, ...data))
    .digest('hex');
}
