/**
 * The interface between commands and whatever sends them to a BMC: an opened device implements it,
 * and a server's client or a recorded conversation can.
 */

import type { IpmbResponse, Reply } from './message.ts';

/** An IPMI command as a program writes it. */
export interface RequestInput {
  /** Network function of a request: even, 0x00..0x3e (IPMI 2.0 table 5-1). */
  readonly netFn: number;
  /** Command, 0x00..0xff. */
  readonly cmd: number;
  /** Logical unit, 0..3; 0 when absent. */
  readonly lun?: number | undefined;
  /** Request data, 0..252 bytes; none when absent. Copied: it may change after the call. */
  readonly data?: Uint8Array | undefined;
}

/**
 * `safe`: repeat only commands on the allow-list of `ipmi/repeatable.ts`. A number: repeat this
 * command that often, whatever it does.
 */
export type Retries = 'safe' | number;

/** The part of an `AbortSignal` that a request needs; one of Node, or of browsers, is one. */
export interface RequestSignal {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(name: 'abort', listener: () => void): void;
  removeEventListener(name: 'abort', listener: () => void): void;
}

/** Options of one request. */
export interface RequestOptions {
  /**
   * Timeout of the request from the call, milliseconds. Default: three times the timeout of an
   * attempt, and at least 15,000.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * `safe` (the default): repeat after silence only commands known to be harmless. A number:
   * repeat that often, whatever the command does.
   */
  readonly retries?: Retries | undefined;
  /**
   * False: an answer by which the BMC says that it can answer later (completion code 0xC0, and 0xD2
   * to a harmless command) is returned. By default the command is sent again after a pause, and
   * the requests behind it wait.
   */
  readonly repeatBusy?: boolean | undefined;
  /** Aborting it settles the promise at once, with `REQUEST_ABORTED`. */
  readonly signal?: RequestSignal | undefined;
}

/** Sends requests to a BMC. */
export interface Requester {
  /**
   * Sends one command and resolves to the BMC's reply, whatever its completion code. Rejects with
   * an `IpmiError` when no reply came, whose `outcome` says whether the BMC may have executed it.
   */
  request(input: RequestInput, options?: RequestOptions): Promise<Reply>;
}

/** The answer of a satellite controller that is expected in the BMC's receive message queue. */
export interface ExpectedAnswer {
  /** Channel that it comes from, 0..15. */
  readonly channel: number;
  /** Slave address of the controller that answers. */
  readonly address: number;
  /** Network function of the request, even. */
  readonly netFn: number;
  readonly cmd: number;
}

/** An answer that is awaited, under the sequence number that the request must have. */
export interface AwaitedAnswer {
  /** 0..63. */
  readonly seq: number;
  /** Resolves to the answer; rejects with `DEVICE_CLOSED`. Has no timeout. */
  readonly answer: Promise<IpmbResponse>;
  /**
   * Ends the waiting. The number stays out of use while the answer may still come; unless `wasSent`
   * is false, which says that there will be none.
   */
  readonly cancel: (wasSent?: boolean) => void;
}

/** A `Requester` that reads the BMC's receive message queue while an answer is awaited. */
export interface Bridger extends Requester {
  /**
   * Awaits an answer, from now on; throws `QUEUE_FULL` when 64 are awaited or may still come. A
   * promise where another process must be told first; it rejects instead.
   */
  expectAnswer(expected: ExpectedAnswer): AwaitedAnswer | Promise<AwaitedAnswer>;
}
