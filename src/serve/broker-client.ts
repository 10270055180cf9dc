/**
 * The interface between the ways into the server and its broker: one open file, or one connection.
 */

import type { BmcEvent } from '../ipmi/bmc-event.ts';
import type { Reply } from '../ipmi/message.ts';
import type { Bridger, RequestInput, RequestOptions } from '../ipmi/requester.ts';
import type { Opener } from './opener.ts';

export interface BrokerClient extends Bridger {
  readonly opener: Opener;
  /** Its requests that wait or are with the BMC. */
  readonly pending: number;
  /** It may do everything, and so change what all clients share. */
  readonly mayAll: boolean;

  /**
   * The reason why a request of it is refused, if it is: by the policy, or because the server alone
   * uses that command (Get Message, Read Event Message Buffer). Counts and logs a refusal. A Send
   * Message without a sequence number of this client's is refused when it is sent.
   */
  refusal(input: RequestInput): string | undefined;

  /**
   * Waits for its turn among all clients, then sends. Rejects as `Device.request` does; with
   * `QUEUE_FULL` when too many requests of this client wait, and with `COMMAND_DENIED` when the
   * policy refuses it.
   */
  request(input: RequestInput, options?: RequestOptions): Promise<Reply>;

  /** True if the policy lets it hear events of that kind. */
  mayHear(kind: BmcEvent['kind']): boolean;

  /**
   * Calls `listener` at each event and message of the BMC that it may hear; returns the function
   * that ends it. For a client that may hear none, the BMC is not asked for any.
   */
  listen(listener: (event: BmcEvent) => void): () => void;

  /** Rejects what waits with `DEVICE_CLOSED`; what the BMC has runs to its end. Idempotent. */
  close(): void;
}

/** A source of clients. */
export interface Clients {
  /** Throws `QUEUE_FULL` when there are too many. */
  open(opener: Opener): BrokerClient;
}
