/**
 * One caller's request and the promise it waits on. A transaction settles once; what the BMC still
 * does with it afterwards is the driver's business, not the caller's.
 */

import { IpmiError, hex } from '../errors.ts';
import type { Outcome } from '../errors.ts';
import type { Failure } from './failure.ts';
import type { Reply, Request } from './frame.ts';
import type { History, Retries } from './retry.ts';

/** What a transaction is made of; complete, nothing has a default here. */
export interface TransactionOptions {
  readonly retries: Retries;
  /** The caller is told within this time of `nowMs`, whatever the BMC does. */
  readonly timeoutMs: number;
  readonly nowMs: number;
  /** Bring-up traffic goes ahead of callers' requests. */
  readonly internal: boolean;
  readonly signal: AbortSignal | undefined;
  /** SMS_ATN is cleared when it is sent. */
  readonly acknowledges: boolean;
}

export class Transaction implements History {
  readonly request: Request;
  readonly retries: Retries;
  /** When it was handed in. */
  readonly sinceMs: number;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly internal: boolean;
  readonly acknowledges: boolean;
  /** Sequence number of the current attempt. */
  seq = 0;
  repeats = 0;
  laterRepeats = 0;
  /** Why it is back in the queue after an attempt. */
  trouble: Failure | undefined;
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
  #settling: Promise<void> | undefined;
  #onSettled: (() => void) | undefined;
  #reply: Reply | undefined;
  #failure: (Failure & { readonly outcome: Outcome }) | undefined;

  constructor(request: Request, options: TransactionOptions) {
    this.request = request;
    this.retries = options.retries;
    this.sinceMs = options.nowMs;
    this.timeoutMs = options.timeoutMs;
    this.deadlineMs = options.nowMs + options.timeoutMs;
    this.internal = options.internal;
    this.acknowledges = options.acknowledges;
    this.#signal = options.signal;
  }

  /** Resolves when it has settled; never rejects. A quick BMC needs no promise: look first. */
  settling(): Promise<void> {
    this.#settling ??= new Promise((resolve) => {
      this.#onSettled = resolve;
    });
    return this.#settling;
  }

  /**
   * The reply of a settled transaction, or throws what it failed with. The error is made here, so
   * that its stack names the caller; where the failure comes about there is only a timer.
   */
  reply(): Reply {
    if (this.#reply !== undefined) return this.#reply;
    if (this.#failure === undefined) throw new Error('bug: settled with nothing');
    const { code, text, outcome, cause } = this.#failure;
    const { netFn, cmd, lun } = this.request;
    const name = `netFn ${hex(netFn)} cmd ${hex(cmd)} lun ${lun}`;
    throw new IpmiError(code, `${name}: ${text}`, { outcome, cause });
  }

  /** Waits for the reply, or rejects with what it failed with. */
  async result(): Promise<Reply> {
    if (!this.settled) await this.settling();
    return this.reply();
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
    this.#reply = reply;
    this.#onSettled?.();
  }

  /** Tells the caller what went wrong. */
  fail(failure: Failure): void {
    this.#end();
    this.#failure = { ...failure, outcome: failure.outcome ?? this.outcome };
    this.#onSettled?.();
  }

  #end(): void {
    if (this.settled) throw new Error('bug: transaction settled twice');
    this.settled = true;
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}
