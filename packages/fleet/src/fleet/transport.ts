/**
 * The interface between asking many hosts and whatever carries the questions: NATS is one, and the
 * tests have one in memory on a virtual clock.
 */

import type { Outcome, RequestSignal } from 'ipmi-bt';

import type { FleetErrorCode } from '../nats/protocol.ts';
import type { Endpoint } from '../nats/subjects.ts';

/** A value of JSON that is an object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A question as each host gets it. */
export interface Question {
  readonly endpoint: Endpoint;
  readonly body: JsonObject;
}

/** The reason for which a host gave no answer of its BMC, and the fate of the question. */
export interface Failure {
  readonly kind: 'failure';
  readonly code: FleetErrorCode;
  readonly message: string;
  readonly outcome: Outcome;
  /** The completion code of the BMC, where that is the reason. */
  readonly completionCode?: number | undefined;
  /** True: the agent of the host says so; else nothing was heard of the host. */
  readonly isFromAgent?: boolean;
}

/** An answer as it comes from a host. */
export interface Answer {
  readonly kind: 'answer';
  readonly body: JsonObject;
}

/** Either of them. */
export type Delivery = Answer | Failure;

/** Told of what comes back. It can be told never, late, and more than once. */
export type Listener = (delivery: Delivery) => void;

/** Ends the listening; harmless afterwards. */
export type StopListening = () => void;

/** Hosts that were found. */
export interface Discovered {
  readonly hosts: readonly string[];
  /** True: more names were told than a run can have, and the rest was left out. */
  readonly isCut: boolean;
  /** The reason why the server let this user look for none. */
  readonly refusal?: string | undefined;
}

/** Carries questions to hosts. It keeps no time: the asking side decides how long to wait. */
export interface Transport {
  /** Sends a question at once, and once. A throw says that it was not sent. */
  send(host: string, question: Question, listener: Listener): StopListening;

  /** Finds hosts that answer within the time, or until the signal aborts, in no order. */
  discover(withinMs: number, signal?: RequestSignal): Promise<Discovered>;

  /** Ends the connection. */
  close(): Promise<void>;
}
