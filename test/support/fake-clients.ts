/** A broker without turns: every client's requests go straight to one `Bridger`. */

import { IpmiError } from '../../src/errors.ts';
import type { BmcEvent } from '../../src/ipmi/bmc-event.ts';
import type { Reply } from '../../src/ipmi/message.ts';
import type {
  AwaitedAnswer,
  Bridger,
  ExpectedAnswer,
  RequestInput,
  RequestOptions,
} from '../../src/ipmi/requester.ts';
import type { BrokerClient, Clients } from '../../src/serve/broker-client.ts';
import type { Opener } from '../../src/serve/opener.ts';

export interface FakeClientsOptions {
  readonly refusal?: (input: RequestInput) => string | undefined;
  /** Absent for programs that may do everything. */
  readonly mayHear?: (kind: BmcEvent['kind']) => boolean;
  /** Most clients that are open at a time. */
  readonly most?: number;
}

export class FakeClients implements Clients {
  readonly requests: RequestInput[] = [];
  readonly open_: FakeClient[] = [];
  readonly listeners = new Set<(event: BmcEvent) => void>();
  readonly bridger: Bridger;
  readonly options: FakeClientsOptions;

  constructor(bridger: Bridger, options: FakeClientsOptions = {}) {
    this.bridger = bridger;
    this.options = options;
  }

  open(opener: Opener): BrokerClient {
    if (this.open_.length >= (this.options.most ?? 32)) {
      throw new IpmiError('QUEUE_FULL', `${this.open_.length} clients are open`);
    }
    const client = new FakeClient(this, opener);
    this.open_.push(client);
    return client;
  }

  emit(event: BmcEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

class FakeClient implements BrokerClient {
  readonly opener: Opener;
  pending = 0;
  readonly #clients: FakeClients;

  constructor(clients: FakeClients, opener: Opener) {
    this.#clients = clients;
    this.opener = opener;
  }

  get mayAll(): boolean {
    return this.#clients.options.mayHear === undefined;
  }

  mayHear(kind: BmcEvent['kind']): boolean {
    return this.#clients.options.mayHear?.(kind) ?? true;
  }

  refusal(input: RequestInput): string | undefined {
    return this.#clients.options.refusal?.(input);
  }

  async request(input: RequestInput, options?: RequestOptions): Promise<Reply> {
    this.#clients.requests.push(input);
    return await this.#clients.bridger.request(input, options);
  }

  expectAnswer(expected: ExpectedAnswer): AwaitedAnswer | Promise<AwaitedAnswer> {
    return this.#clients.bridger.expectAnswer(expected);
  }

  listen(listener: (event: BmcEvent) => void): () => void {
    this.#clients.listeners.add(listener);
    return () => {
      this.#clients.listeners.delete(listener);
    };
  }

  close(): void {
    const at = this.#clients.open_.indexOf(this);
    if (at >= 0) this.#clients.open_.splice(at, 1);
  }
}

/** A BMC that answers each request at once. */
export function answering(answer: (input: RequestInput) => Reply): Bridger {
  return {
    request: (input) => Promise.resolve(answer(input)),
    expectAnswer: () => {
      throw new Error('this BMC has no controllers behind it');
    },
  };
}

/** One that answers with its request: logical unit, network function, command, data. */
export const echoing = answering(({ netFn, cmd, lun = 0, data = [] }) => ({
  completionCode: 0,
  data: Uint8Array.of(lun, netFn, cmd, ...data),
}));
