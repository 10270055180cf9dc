/**
 * One caller's request and the promise it waits on. A transaction settles once; what the BMC still
 * does with it afterwards is the driver's business, not the caller's.
 */

import { IpmiError, hex } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import type { Failure } from './failure.ts';
import type { Reply, Request } from '../ipmi/message.ts';
import type { Linked, LinkedList } from './linked-list.ts';
import type { History } from './retry.ts';
import type { Retries } from '../ipmi/requester.ts';

/** How one request is to be treated. */
export interface PendingOptions {
  readonly retries: Retries;
  /** Bring-up traffic goes ahead of callers' requests, and keeps no process alive. */
  readonly internal: boolean;
  /** SMS_ATN is cleared when it is sent, which asks what it was set for. */
  readonly acknowledges?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** The time a request has. */
export interface Lifetime {
  readonly nowMs: number;
  /** The caller is told within this time of `nowMs`, whatever the BMC does. */
  readonly timeoutMs: number;
}

export class PendingRequest implements History, Linked<PendingRequest> {
  readonly request: Request;
  readonly retries: Retries;
  /** When it was handed in. */
  readonly sinceMs: number;
  readonly timeoutMs: number;
  readonly internal: boolean;
  readonly acknowledges: boolean;
  /** Sequence number of the current attempt. */
  seq = 0;
  repeats = 0;
  laterRepeats = 0;
  /** Why it is back in the queue after an attempt. */
  trouble: Failure | undefined;
  /** In the queue: where it stands. */
  list: LinkedList<PendingRequest> | undefined;
  previous: PendingRequest | undefined;
  next: PendingRequest | undefined;
  /** In the queue: when it is sent, then under the sequence number it has. */
  keepsSeq = false;
  /** In the queue: not to be sent before. */
  notBeforeMs = 0;
  /** H2B_ATN was rung for it at least once: the BMC may have executed it. */
  rung = false;
  /** The caller has been told. */
  settled = false;
  readonly #signal: AbortSignal | undefined;
  #onAbort: (() => void) | undefined;
  #result: Promise<Reply> | undefined;
  /** Settles `#result` where that was asked for before. */
  #tell: ((reply: Reply | Promise<never>) => void) | undefined;

  constructor(request: Request, options: PendingOptions, { nowMs, timeoutMs }: Lifetime) {
    this.request = request;
    this.retries = options.retries;
    this.sinceMs = nowMs;
    this.timeoutMs = timeoutMs;
    this.internal = options.internal;
    this.acknowledges = options.acknowledges === true;
    this.#signal = options.signal;
  }

  /** When the caller is told at the latest. */
  get deadlineMs(): number {
    return this.sinceMs + this.timeoutMs;
  }

  /**
   * Resolves to the reply, or rejects with what it failed with; always asked for. Ten thousand of
   * these may wait: so a promise each, and nothing around it.
   */
  result(): Promise<Reply> {
    this.#result ??= new Promise((resolve) => {
      this.#tell = resolve;
    });
    return this.#result;
  }

  /** Whether the BMC may have executed the command. */
  get outcome(): Outcome {
    return this.rung ? 'unknown' : 'not-sent';
  }

  /** Calls back when the caller aborts before the transaction settles, now if he has. */
  onAbort(callback: () => void): void {
    this.#onAbort = callback;
    this.#signal?.addEventListener('abort', callback);
    if (this.#signal?.aborted === true) callback();
  }

  /** Hands the reply to the caller. */
  resolve(reply: Reply): void {
    this.#end();
    if (this.#tell === undefined) this.#result = Promise.resolve(reply);
    else this.#tell(reply);
  }

  /** Tells the caller what went wrong. */
  fail(failure: Failure): void {
    this.#end();
    const rejection = this.#rejection(failure, failure.outcome ?? this.outcome);
    if (this.#tell === undefined) this.#result = rejection;
    else this.#tell(rejection);
  }

  /**
   * Rejects with an error whose stack names the caller; where a failure comes about there is only a
   * timer. V8 finds him when his promise hangs on this one, which takes a turn.
   */
  async #rejection({ code, text, cause }: Failure, outcome: Outcome): Promise<never> {
    await Promise.resolve().then(() => undefined);
    const { netFn, cmd, lun } = this.request;
    const name = `netFn ${hex(netFn)} cmd ${hex(cmd)} lun ${lun}`;
    throw new IpmiError(code, `${name}: ${text}`, { outcome, cause });
  }

  #end(): void {
    if (this.settled) throw new Error('bug: pending settled twice');
    this.settled = true;
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}
