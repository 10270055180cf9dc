/**
 * The agent as a service of NATS: the answers to PING, INFO and STATS that ADR-32 of NATS defines,
 * by which its tools find every agent.
 */

import { ENDPOINTS } from '../nats/subjects.ts';
import type { Endpoint } from '../nats/subjects.ts';

/** Name of the service, the same for all agents. */
export const SERVICE = 'ipmi-bt';

const VERBS = ['PING', 'INFO', 'STATS'] as const;

const TYPE = 'io.nats.micro.v1';
const NS_PER_MS = 1e6;

/** The agent as it is told. */
export interface ServiceParts {
  /** One of this process. */
  readonly id: string;
  readonly version: string;
  readonly prefix: string;
  readonly host: string;
  /** Host, and the BMC where it is known. */
  readonly metadata: () => Readonly<Record<string, string>>;
  readonly startedMs: number;
}

interface Counted {
  requests: number;
  errors: number;
  lastError: string;
  tookMs: number;
}

export class Service {
  readonly #parts: ServiceParts;
  readonly #counts = new Map<Endpoint, Counted>(
    ENDPOINTS.map((name) => [name, { requests: 0, errors: 0, lastError: '', tookMs: 0 }]),
  );

  constructor(parts: ServiceParts) {
    this.#parts = parts;
  }

  /** The subjects at which it is asked for. */
  get subjects(): readonly string[] {
    const { id } = this.#parts;
    return VERBS.flatMap((verb) => {
      const all = `$SRV.${verb}`;
      return [all, `${all}.${SERVICE}`, `${all}.${SERVICE}.${id}`];
    });
  }

  /** Counts a request that took so long; `error` as the header has it. */
  count(endpoint: Endpoint, tookMs: number, error?: string): void {
    const counted = this.#counts.get(endpoint);
    if (counted === undefined) return;
    counted.requests += 1;
    counted.tookMs += tookMs;
    if (error === undefined) return;
    counted.errors += 1;
    counted.lastError = error;
  }

  /** The answer to a question at that subject. */
  answer(subject: string): object {
    const { id, version, metadata } = this.#parts;
    const base = { name: SERVICE, id, version, metadata: metadata() };
    const verb = VERBS.find((one) => subject.split('.')[1] === one) ?? 'PING';
    switch (verb) {
      case 'PING':
        return { type: `${TYPE}.ping_response`, ...base };
      case 'INFO':
        return { type: `${TYPE}.info_response`, ...base, ...this.#info() };
      case 'STATS':
        return { type: `${TYPE}.stats_response`, ...base, ...this.#statistics() };
    }
  }

  #info(): object {
    const endpoints = ENDPOINTS.map((name) => this.#endpoint(name));
    return { description: 'IPMI BT interface of a host', endpoints };
  }

  #statistics(): object {
    const endpoints = ENDPOINTS.map((name) => {
      const { requests, errors, lastError, tookMs } = this.#counts.get(name) ?? NONE;
      const average = requests === 0 ? 0 : tookMs / requests;
      return {
        ...this.#endpoint(name),
        ...{ num_requests: requests, num_errors: errors, last_error: lastError },
        processing_time: Math.round(tookMs * NS_PER_MS),
        average_processing_time: Math.round(average * NS_PER_MS),
      };
    });
    return { started: new Date(this.#parts.startedMs).toISOString(), endpoints };
  }

  #endpoint(name: Endpoint): object {
    const { prefix, host } = this.#parts;
    return { name, subject: `${prefix}.${host}.${name}.*`, queue_group: host, metadata: {} };
  }
}

const NONE: Counted = { requests: 0, errors: 0, lastError: '', tookMs: 0 };
