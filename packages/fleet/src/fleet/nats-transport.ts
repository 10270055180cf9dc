/**
 * Questions over NATS: one inbox for all answers, the pages of long answers joined, and the words
 * of the server about subjects without an agent, or without permission.
 */

import { randomUUID } from 'node:crypto';

import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import type { Clock, RequestSignal } from 'ipmi-bt';

import { settledBy, sleep } from '../clock.ts';
import {
  ERROR_CODE_HEADER,
  ProtocolError,
  bodyOf,
  parseFailure,
  parseRawAnswer,
  parseReadAnswer,
} from '../nats/protocol.ts';
import type { FleetErrorCode, ReadAnswer } from '../nats/protocol.ts';
import { isRefusal, refusalText } from '../nats/permissions.ts';
import type { Violation } from '../nats/permissions.ts';
import { checkToken, hostToken, inboxOf, requestSubject } from '../nats/subjects.ts';
import type { Endpoint } from '../nats/subjects.ts';
import { HOSTS_MAX } from './host-names.ts';
import type { Delivery, Discovered, Failure, Listener, Question } from './transport.ts';
import type { StopListening, Transport } from './transport.ts';

/** The parts of a {@link NatsTransport}. */
export interface NatsTransportParts {
  readonly connection: NatsConnection;
  readonly clock: Clock;
  /** First token of the subjects. */
  readonly prefix: string;
  /** Last token of the subjects, to which the server lets this user alone publish. */
  readonly user: string;
}

/** Status of a reply by the server when nothing listens to the subject. */
const NO_RESPONDERS = 503;

const ABSENT = failureOf('DEVICE_ABSENT', 'no agent of that host is connected to NATS', 'not-sent');

/** Endpoints with lists, which come in pages; what others answer is one message. */
const LISTS: ReadonlySet<Endpoint> = new Set<Endpoint>(['sensors', 'sel']);

/** More pages, and more bytes, than the longest event log has. */
const PAGES_MAX = 10_000;
const PAGES_BYTES_MAX = 64 * 1024 * 1024;

/** Discovery of NATS services (ADR-32), for those of this name. */
const PING_SUBJECT = '$SRV.PING.ipmi-bt';

/** An answer to a ping is some 300 bytes; a longer one names no host. */
const PONG_BYTES_MAX = 4096;

/** The server has such an answer to many thousand questions by then. */
const WORD_MS = 10_000;

/**
 * The question that shows whether a host listens: the agent answers it without asking its BMC, and
 * the server when there is no agent.
 */
const PROBE: Question = { endpoint: 'statistics', body: {} };

const NEVER_ABORTED = new AbortController().signal;

/** A question that listens for its answers. */
interface Asked {
  readonly host: string;
  readonly question: Question;
  readonly subject: string;
  readonly listener: Listener;
  /** The lists of the pages so far. */
  readonly pages: (readonly unknown[])[];
  pageBytes: number;
  /** Last token of the subject of the answer that is awaited. */
  name: string;
}

/** A question by which a name is tried. */
interface Probe {
  isRefuted: boolean;
  stop: StopListening;
}

/** Carries questions over a connection that it owns from then on. */
export class NatsTransport implements Transport {
  readonly #parts: NatsTransportParts;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  readonly #asked = new Map<string, Asked>();
  /** Hosts of which the server has shown that an agent listens. */
  readonly #vouched = new Set<string>();
  #isConnected = true;
  /** The first refusal by the server. */
  #refusal: string | undefined;

  constructor(parts: NatsTransportParts) {
    this.#parts = parts;
    const user = checkToken('the user', parts.user);
    // A site can keep other users from listening to it.
    this.#inbox = `${inboxOf(user)}.${randomUUID()}`;
    this.#subscription = parts.connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#onMessage(message);
        else this.#onNoInbox(error);
      },
    });
    void this.#watch();
  }

  send(host: string, question: Question, listener: Listener): StopListening {
    // The library would keep it, and send it when no answer is awaited any more.
    if (!this.#isConnected) throw new Error('the connection to NATS is lost');
    const { prefix, user } = this.#parts;
    const { endpoint } = question;
    const subject = requestSubject({ prefix, host: hostToken(host), endpoint, user });
    const asked: Asked = {
      ...{ host, question, subject, listener },
      ...{ pages: [], pageBytes: 0, name: '' },
    };
    this.#publish(asked, question.body);
    return () => {
      this.#asked.delete(asked.name);
    };
  }

  /**
   * Every agent can answer a ping by any name. It can listen to the subject of its own host alone,
   * if permissions say so: a name is believed when the server has a listener for its subject.
   */
  async discover(withinMs: number, signal: RequestSignal = NEVER_ABORTED): Promise<Discovered> {
    const { connection, clock } = this.#parts;
    const probes = new Map<string, Probe | undefined>();
    let isCut = false;
    const inbox = `${this.#inbox}.${randomUUID()}.ping`;
    const subscription = connection.subscribe(inbox, {
      callback: (error, message) => {
        const host = error === null ? pongHost(message) : undefined;
        if (host === undefined || probes.has(host)) return;
        isCut ||= probes.size >= HOSTS_MAX;
        if (isCut) subscription.unsubscribe();
        else probes.set(host, this.#vouched.has(host) ? undefined : this.#probe(host));
      },
    });
    connection.publish(PING_SUBJECT, undefined, { reply: inbox });
    await sleep(clock, withinMs, signal).catch(() => undefined);
    subscription.unsubscribe();
    await this.#believe(probes, signal);
    const hosts = [...probes.keys()].filter((host) => this.#vouched.has(host));
    return { hosts, isCut, refusal: this.#refusal };
  }

  #probe(host: string): Probe {
    const probe = { isRefuted: false, stop: (): void => undefined };
    const refute = (): void => {
      probe.isRefuted = true;
    };
    try {
      probe.stop = this.send(host, PROBE, (delivery) => {
        if (isOfServer(delivery)) refute();
      });
    } catch {
      refute();
    }
    return probe;
  }

  /** The server answers in the order of the questions: behind its pong no word of it comes. */
  async #believe(probes: ReadonlyMap<string, Probe | undefined>, signal: RequestSignal) {
    const { connection, clock } = this.#parts;
    const asked = [...probes].flatMap(([host, probe]) =>
      probe === undefined ? [] : { host, probe },
    );
    if (asked.length === 0) return;
    const said = connection.flush().then(
      () => !signal.aborted,
      () => false,
    );
    const hasSaid = (await settledBy(clock, clock.now() + WORD_MS, said)) && (await said);
    for (const { host, probe } of asked) {
      probe.stop();
      if (hasSaid && !probe.isRefuted && this.#vouched.size < HOSTS_MAX) this.#vouched.add(host);
    }
  }

  async close(): Promise<void> {
    this.#subscription.unsubscribe();
    await this.#parts.connection.close();
  }

  /**
   * Asks, and awaits the answer under a name that no other agent can guess: one could answer in
   * place of the host.
   */
  #publish(asked: Asked, body: object): void {
    this.#asked.delete(asked.name);
    asked.name = randomUUID();
    this.#asked.set(asked.name, asked);
    try {
      this.#parts.connection.publish(asked.subject, bodyOf(body), {
        reply: `${this.#inbox}.${asked.name}`,
      });
    } catch (error) {
      this.#asked.delete(asked.name);
      throw error;
    }
  }

  #onMessage(message: Msg): void {
    const name = message.subject.slice(this.#inbox.length + 1);
    const asked = this.#asked.get(name);
    if (asked === undefined) return;
    try {
      this.#onReply(asked, message);
    } catch (error) {
      asked.listener(malformed(error));
    }
  }

  #onReply(asked: Asked, message: Msg): void {
    const { listener, question } = asked;
    const { headers, data } = message;
    if (data.length === 0 && headers?.code === NO_RESPONDERS) listener(ABSENT);
    else if (headers?.has(ERROR_CODE_HEADER) === true) {
      const { code, message: text, outcome, completionCode } = parseFailure(data);
      listener({
        ...{ kind: 'failure', code, message: text, outcome, completionCode },
        isFromAgent: true,
      });
    } else if (question.endpoint === 'raw') {
      listener({ kind: 'answer', body: parseRawAnswer(data) });
    } else this.#onPage(asked, parseReadAnswer(data), data.length);
  }

  /** A list goes on with its next page; what is no list is whole. */
  #onPage(asked: Asked, { next, ...answer }: ReadAnswer, bytes: number): void {
    const { result } = answer;
    const { listener, pages, question } = asked;
    if (next === undefined && pages.length === 0) {
      listener({ kind: 'answer', body: answer });
      return;
    }
    if (!LISTS.has(question.endpoint)) throw new ProtocolError('a page of what has no pages');
    if (!Array.isArray(result)) throw new ProtocolError('a page is no list');
    asked.pageBytes += bytes;
    if (pages.length >= PAGES_MAX || asked.pageBytes > PAGES_BYTES_MAX) {
      throw new ProtocolError('there are too many pages');
    }
    if (next === undefined) {
      listener({ kind: 'answer', body: { ...answer, result: [...pages, result].flat() } });
      return;
    }
    pages.push(result as readonly unknown[]);
    this.#publish(asked, { ...question.body, page: next });
  }

  /** The words of the server that are no messages. */
  async #watch(): Promise<void> {
    for await (const status of this.#parts.connection.status()) {
      if (status.type === 'disconnect') this.#isConnected = false;
      if (status.type === 'reconnect') this.#isConnected = true;
      if (status.type === 'error') this.#onError(status.error);
    }
    this.#isConnected = false;
  }

  #onError(error: Error): void {
    if (!isRefusal(error)) return;
    const told = refusalText(error);
    this.#refusal ??= told;
    const { operation, subject } = error as Violation;
    if (operation !== 'publish') return;
    for (const asked of [...this.#asked.values()]) {
      if (asked.subject === subject) asked.listener(denied(told));
    }
  }

  /** Without the inbox no answer comes, and the commands may have been executed. */
  #onNoInbox(error: Error): void {
    const told = isRefusal(error) ? refusalText(error) : `NATS: no answers: ${error.message}`;
    const failure = { ...denied(told), outcome: 'unknown' } as const;
    for (const asked of [...this.#asked.values()]) asked.listener(failure);
  }
}

/** True where the server says that there is no agent, or no permission to ask it. */
function isOfServer(delivery: Delivery): boolean {
  if (delivery.kind === 'answer' || delivery.isFromAgent === true) return false;
  return delivery.code === 'DEVICE_ABSENT' || delivery.code === 'COMMAND_DENIED';
}

/** The host of an answer to a ping; undefined for one that names none, as agents name hosts. */
function pongHost(message: Msg): string | undefined {
  if (message.data.length > PONG_BYTES_MAX) return undefined;
  try {
    const { metadata } = message.json<{ readonly metadata?: Readonly<Record<string, unknown>> }>();
    const host = metadata?.['host'];
    return typeof host === 'string' && hostToken(host) === host ? host : undefined;
  } catch {
    return undefined;
  }
}

function failureOf(code: FleetErrorCode, message: string, outcome: Failure['outcome']): Failure {
  return { kind: 'failure', code, message, outcome };
}

function denied(message: string): Failure {
  return failureOf('COMMAND_DENIED', message, 'not-sent');
}

/** Something answered, and does not say what became of the command. */
function malformed(error: unknown): Failure {
  const text = error instanceof ProtocolError ? error.message : String(error);
  return failureOf('RESPONSE_MALFORMED', `the answer of the agent: ${text}`, 'unknown');
}
