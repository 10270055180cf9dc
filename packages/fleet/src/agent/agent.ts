/**
 * Answers requests that come over NATS, for the user that the subject names: as the policy permits,
 * and within the limits of each user.
 */

import type { Clock } from 'ipmi-bt';
import type { UserPolicy } from 'ipmi-bt/policy';
import { headers } from '@nats-io/transport-node';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';

import {
  ERROR_CODE_HEADER,
  ERROR_HEADER,
  REQUEST_BYTES_MAX,
  ProtocolError,
  STATUS_OF,
  bodyOf,
  parseRawRequest,
  parseReadRequest,
} from '../nats/protocol.ts';
import type { Failure } from '../nats/protocol.ts';
import { ALL_HOSTS, agentSubjects, isInbox, parseSubject } from '../nats/subjects.ts';
import type { RequestSubject } from '../nats/subjects.ts';
import type { Service } from './discovery.ts';
import { FleetError, failureOf } from './fleet-error.ts';
import type { Journal } from './journal.ts';
import type { Limits } from './limits.ts';
import { answerRaw } from './raw.ts';
import type { Asker } from './raw.ts';
import { answerRead } from './reads.ts';
import type { ReadParts } from './reads.ts';

/** Everything that an {@link Agent} is built from. */
export interface AgentParts extends ReadParts {
  readonly connection: NatsConnection;
  readonly prefix: string;
  readonly journal: Journal;
  readonly limits: Limits;
  readonly service: Service;
  /** The policy of now. */
  readonly policy: () => UserPolicy;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  readonly clock: Clock;
  /** Told of what is no word of the BMC, and of what cannot be sent. */
  readonly onError: (error: unknown) => void;
}

const NO_SUBJECT = 'the subject names no endpoint of this version, or no user';

export class Agent {
  readonly #parts: AgentParts;
  readonly #subscriptions: readonly Subscription[];
  readonly #running = new Set<Promise<void>>();

  /** Subscribes. */
  constructor(parts: AgentParts) {
    this.#parts = parts;
    const { connection, prefix, host, service } = parts;
    const [own = '', all = ''] = agentSubjects(prefix, host);
    const answer = this.#calling((message) => {
      this.#begin(message);
    });
    const discover = this.#calling((message) => {
      this.#respond(message, bodyOf(service.answer(message.subject)));
    });
    this.#subscriptions = [
      // A second agent of the same host by mistake must not execute a command again.
      connection.subscribe(own, { callback: answer, queue: host }),
      connection.subscribe(all, { callback: answer }),
      ...service.subjects.map((subject) => connection.subscribe(subject, { callback: discover })),
    ];
  }

  /** Takes no further request, and resolves when those that are under way have been answered. */
  async close(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    await Promise.all(this.#running);
  }

  /** Calls for each message but those whose answer would go to no inbox. */
  #calling(work: (message: Msg) => void) {
    const { prefix, onError } = this.#parts;
    return (error: Error | null, message: Msg): void => {
      if (error !== null) onError(error);
      else if (message.reply === undefined || isInbox(prefix, message.reply)) work(message);
    };
  }

  #begin(message: Msg): void {
    const subject = parseSubject(message.subject);
    if (subject === undefined) {
      this.#fail(message, failureOf(this.#parts.host, new ProtocolError(NO_SUBJECT)));
      return;
    }
    const work = this.#answer(message, subject).catch(this.#parts.onError);
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  async #answer(message: Msg, subject: RequestSubject): Promise<void> {
    const { clock, limits, service, host, onError, connection } = this.#parts;
    const startMs = clock.now();
    const { endpoint, user } = subject;
    try {
      const answer = await limits.within(user, async () => await this.#fulfil(message, subject));
      const body = bodyOf(answer);
      if (body.length > (connection.info?.max_payload ?? body.length)) {
        throw new FleetError('ANSWER_TOO_LONG', 'longer than a message of the server', 'answered');
      }
      service.count(endpoint, clock.now() - startMs);
      this.#respond(message, body);
    } catch (error) {
      const failure = failureOf(host, error);
      if (failure.code === 'AGENT_FAILED') onError(error);
      service.count(endpoint, clock.now() - startMs, `${STATUS_OF[failure.code]}:${failure.code}`);
      this.#fail(message, failure);
    }
  }

  async #fulfil(message: Msg, subject: RequestSubject): Promise<object> {
    const { endpoint, user, host } = subject;
    if (message.data.length > REQUEST_BYTES_MAX) {
      throw new ProtocolError(`the message is longer than ${REQUEST_BYTES_MAX} bytes`);
    }
    const { users, others } = this.#parts.policy();
    const permission = users.get(user) ?? others;
    const asker: Asker = { user, permission, asksAll: host === ALL_HOSTS };
    if (endpoint === 'raw') {
      const raw = parseRawRequest(message.data);
      this.#checkDeadline(raw.deadlineMs);
      const { host, device: requester, journal } = this.#parts;
      return await answerRaw({ host, requester, journal }, asker, raw);
    }
    const request = parseReadRequest(message.data);
    this.#checkDeadline(request.deadlineMs);
    return await answerRead(this.#parts, asker, { endpoint, request });
  }

  #checkDeadline(deadlineMs: number | undefined): void {
    if (deadlineMs === undefined || this.#parts.wallMs() <= deadlineMs) return;
    throw new FleetError('TOO_LATE', 'the deadline had passed when the request came');
  }

  #fail(message: Msg, failure: Failure): void {
    const { code } = failure;
    const words = headers();
    words.set(ERROR_HEADER, code);
    words.set(ERROR_CODE_HEADER, `${STATUS_OF[code]}`);
    this.#respond(message, bodyOf(failure), words);
  }

  #respond(message: Msg, body: Uint8Array, words?: ReturnType<typeof headers>): void {
    try {
      message.respond(body, words === undefined ? {} : { headers: words });
    } catch (error) {
      this.#parts.onError(error);
    }
  }
}
