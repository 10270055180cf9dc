/**
 * One request and the promise that its caller waits on. The promise settles once; what the BMC
 * still does with the command afterwards concerns the driver alone.
 */

import { onAbort } from '../abort.ts';
import type { Signal } from '../abort.ts';
import { IpmiError, hex } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import type { Failure } from './failure.ts';
import type { Reply, Request } from '../ipmi/message.ts';
import type { Linked, LinkedList } from './linked-list.ts';
import type { History } from './retry.ts';
import type { Retries } from '../ipmi/requester.ts';

/** Options of one request. */
export interface PendingOptions {
  readonly retries: Retries;
  /** True by default, as in `RequestOptions`. */
  readonly repeatBusy?: boolean | undefined;
  /** True for the library's own requests: sent before callers' ones, and keep no process alive. */
  readonly internal: boolean;
  /** True for a request that asks what the attention bit was set for: sending it clears the bit. */
  readonly acknowledges?: boolean;
  /**
   * True for a request that takes something out of the BMC, which is lost without the answer: once
   * the BMC has the request, its attempt alone decides when it is over.
   */
  readonly takes?: boolean;
  readonly signal?: Signal | undefined;
}

/** The start and the timeout of a request. */
export interface Lifetime {
  readonly nowMs: number;
  /** The promise settles within this time of `nowMs`, whatever the BMC does. */
  readonly timeoutMs: number;
}

export class PendingRequest implements History, Linked<PendingRequest> {
  readonly request: Request;
  readonly retries: Retries;
  readonly repeatBusy: boolean;
  /** Time of the caller's call. */
  readonly sinceMs: number;
  readonly timeoutMs: number;
  readonly internal: boolean;
  readonly acknowledges: boolean;
  readonly takes: boolean;
  /** Sequence number of the current attempt. */
  seq = 0;
  repeats = 0;
  laterRepeats = 0;
  /** The failure of the last attempt, after which it went back to the queue. */
  trouble: Failure | undefined;
  /** The list it is in, and its neighbours there. */
  list: LinkedList<PendingRequest> | undefined;
  previous: PendingRequest | undefined;
  next: PendingRequest | undefined;
  /** True when it is to be sent under the number that it has, if a reply to that may still come. */
  keepsSeq = false;
  /** It was handed to the BMC under the sequence number that it has. */
  isSeqRung = false;
  /** It is not sent before this time. */
  notBeforeMs = 0;
  /** It was handed to the BMC at least once, which may have executed it. */
  rung = false;
  /** The promise has settled. */
  settled = false;
  readonly #signal: Signal | undefined;
  /** Stops listening to the signal. */
  #forget: (() => void) | undefined;
  #result: Promise<Reply> | undefined;
  /** Settles `#result`, if {@link result} was called before the outcome was known. */
  #tell: ((reply: Reply | Promise<never>) => void) | undefined;

  constructor(request: Request, options: PendingOptions, { nowMs, timeoutMs }: Lifetime) {
    this.request = request;
    this.retries = options.retries;
    this.repeatBusy = options.repeatBusy !== false;
    this.sinceMs = nowMs;
    this.timeoutMs = timeoutMs;
    this.internal = options.internal;
    this.acknowledges = options.acknowledges === true;
    this.takes = options.takes === true;
    this.#signal = options.signal;
  }

  /** Time by which the promise settles; none while its attempt alone decides. */
  get deadlineMs(): number {
    if (this.takes && this.rung) return Infinity;
    return this.sinceMs + this.timeoutMs;
  }

  /**
   * Resolves to the reply, or rejects with the failure; always called. Ten thousand requests may
   * wait, so that each has one promise and nothing around it.
   */
  result(): Promise<Reply> {
    this.#result ??= new Promise((resolve) => {
      this.#tell = resolve;
    });
    return this.#result;
  }

  /** Calls back when the signal aborts before the promise settles; now if it already has. */
  onAbort(callback: () => void): void {
    if (this.#signal === undefined) return;
    this.#forget = onAbort(this.#signal, callback);
    if (this.#signal.aborted) callback();
  }

  /** Resolves the promise with the reply. */
  resolve(reply: Reply): void {
    this.#end();
    if (this.#tell === undefined) this.#result = Promise.resolve(reply);
    else this.#tell(reply);
  }

  /** Rejects the promise. */
  fail(failure: Failure): void {
    this.#end();
    // No other line decides this: a request that was never rung cannot have been executed.
    const outcome = failure.outcome ?? (this.rung ? 'unknown' : 'not-sent');
    const rejection = this.#rejection(failure, outcome);
    if (this.#tell === undefined) this.#result = rejection;
    else this.#tell(rejection);
  }

  /**
   * Rejects with an error whose stack names the caller; a stack made where the failure arises would
   * name a timer. V8 finds the caller through its `await` on this promise, which must be pending.
   */
  async #rejection({ code, text, cause, silence }: Failure, outcome: Outcome): Promise<never> {
    await Promise.resolve().then(() => undefined);
    const { netFn, cmd, lun } = this.request;
    const name = `netFn ${hex(netFn)} cmd ${hex(cmd)} lun ${lun}`;
    throw new IpmiError(code, `${name}: ${text}`, { outcome, cause, silence });
  }

  #end(): void {
    if (this.settled) throw new Error('bug: pending settled twice');
    this.settled = true;
    this.#forget?.();
  }
}
