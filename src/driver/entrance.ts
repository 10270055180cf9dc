/**
 * Which request goes to the BMC next, and when: the first in the queue, once the interface is ours.
 * Those that cannot go are told why: their time is over, another process would not let go of the
 * interface, or they are longer than the BMC takes. Nobody goes when another process has lost the
 * BMC meanwhile, until it has been looked for.
 */

import { FAILURES, lateAtLock, locked, tooLong } from './failure.ts';
import type { Failure } from './failure.ts';
import { REQUEST_OVERHEAD_BYTES } from '../bt/frame.ts';
import { AT_ONCE, NEVER } from './loop.ts';
import type { RequestQueue } from './queue.ts';
import type { Transaction } from './pending-request.ts';
import type { Turnstile } from '../share/arbiter.ts';

export class Entrance {
  readonly #queue: RequestQueue;
  readonly #turnstile: Turnstile;
  /** Told that another process has lost the BMC; holds callers' requests back. */
  readonly #onNews: () => void;
  #dueMs: number = NEVER;

  constructor(queue: RequestQueue, turnstile: Turnstile, onNews: () => void) {
    this.#queue = queue;
    this.#turnstile = turnstile;
    this.#onNews = onNews;
  }

  /** When to call {@link next} again after it has returned nothing. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** Tells those whose time is over. */
  expire(nowMs: number): void {
    for (const late of this.#queue.takeExpired(nowMs)) late.fail(late.trouble ?? this.#lateness());
  }

  /** Takes out the next request, to be sent now. Only between two transactions. */
  next(nowMs: number, lengthMax: number): Transaction | undefined {
    this.#dueMs = this.#due(nowMs);
    if (this.#dueMs !== AT_ONCE) return undefined;
    if (this.#turnstile.takeNews()) this.#onNews();
    const transaction = this.#shift(lengthMax);
    if (transaction === undefined) this.#dueMs = this.#turnstile.rest(nowMs);
    return transaction;
  }

  #due(nowMs: number): number {
    if (!this.#queue.hasNext) return this.#turnstile.rest(nowMs);
    const { notBeforeMs } = this.#queue;
    // Until it is asked again, the interface may be another process's.
    if (nowMs < notBeforeMs) return Math.min(notBeforeMs, this.#turnstile.rest(nowMs));
    return this.#pass(nowMs);
  }

  #pass(nowMs: number): number {
    const dueMs = this.#turnstile.pass(nowMs);
    if (dueMs === AT_ONCE) return AT_ONCE;
    const { timeoutMs, waitingSinceMs = nowMs } = this.#turnstile;
    const giveUpAtMs = (sinceMs: number): number => Math.max(sinceMs, waitingSinceMs) + timeoutMs;
    if (giveUpAtMs(this.#queue.oldestMs) <= nowMs) {
      const failure = locked(this.#turnstile.holder(), timeoutMs);
      const tired = this.#queue.takeIf(({ sinceMs }) => giveUpAtMs(sinceMs) <= nowMs);
      for (const transaction of tired) transaction.fail(failure);
    }
    if (!this.#queue.hasNext) return this.#turnstile.rest(nowMs);
    return Math.min(dueMs, giveUpAtMs(this.#queue.oldestMs));
  }

  /** The first that the BMC takes. */
  #shift(lengthMax: number): Transaction | undefined {
    for (;;) {
      const transaction = this.#queue.shift();
      if (transaction === undefined) return undefined;
      const length = REQUEST_OVERHEAD_BYTES + transaction.request.data.length;
      if (length <= lengthMax) return transaction;
      transaction.fail(tooLong(length, lengthMax));
    }
  }

  #lateness(): Failure {
    if (this.#turnstile.waitingSinceMs !== undefined) return lateAtLock(this.#turnstile.holder());
    return this.#queue.isHeld ? FAILURES.lateForLost : FAILURES.lateInQueue;
  }
}
