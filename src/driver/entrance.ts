/**
 * Which request goes to the BMC next, and when: the first in the queue, once the interface is ours.
 * Those that cannot go are told why: their time is over, another process would not let go of the
 * interface, or they are longer than the BMC takes. Nobody goes when another process has lost the
 * BMC meanwhile, until it has been looked for.
 */

import { FAILURES, lateAtLock, locked, tooLong } from './failure.ts';
import type { Failure } from './failure.ts';
import { REQUEST_OVERHEAD_BYTES } from '../ipmi/bt-capabilities.ts';
import { AT_ONCE, NEVER } from './loop.ts';
import type { RequestQueue } from './queue.ts';
import type { PendingRequest } from './pending-request.ts';
import type { Arbiter } from '../share/arbiter.ts';

export class Entrance {
  readonly #queue: RequestQueue;
  readonly #arbiter: Arbiter;
  /** Told that another process has lost the BMC; holds callers' requests back. */
  readonly #onNews: () => void;
  #dueMs: number = NEVER;

  constructor(queue: RequestQueue, arbiter: Arbiter, onNews: () => void) {
    this.#queue = queue;
    this.#arbiter = arbiter;
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
  next(nowMs: number, lengthMax: number): PendingRequest | undefined {
    this.#dueMs = this.#due(nowMs);
    if (this.#dueMs !== AT_ONCE) return undefined;
    if (this.#arbiter.takeLossNotice()) this.#onNews();
    const pending = this.#shift(lengthMax);
    if (pending === undefined) this.#dueMs = this.#arbiter.idle(nowMs);
    return pending;
  }

  #due(nowMs: number): number {
    if (!this.#queue.hasNext) return this.#arbiter.idle(nowMs);
    const { notBeforeMs } = this.#queue;
    // Until it is asked again, the interface may be another process's.
    if (nowMs < notBeforeMs) return Math.min(notBeforeMs, this.#arbiter.idle(nowMs));
    return this.#pass(nowMs);
  }

  #pass(nowMs: number): number {
    const dueMs = this.#arbiter.tryAcquire(nowMs);
    if (dueMs === AT_ONCE) return AT_ONCE;
    const { timeoutMs, waitingSinceMs = nowMs } = this.#arbiter;
    const giveUpAtMs = (sinceMs: number): number => Math.max(sinceMs, waitingSinceMs) + timeoutMs;
    if (giveUpAtMs(this.#queue.oldestMs) <= nowMs) {
      const failure = locked(this.#arbiter.holder(), timeoutMs);
      const tired = this.#queue.takeIf(({ sinceMs }) => giveUpAtMs(sinceMs) <= nowMs);
      for (const pending of tired) pending.fail(failure);
    }
    if (!this.#queue.hasNext) return this.#arbiter.idle(nowMs);
    return Math.min(dueMs, giveUpAtMs(this.#queue.oldestMs));
  }

  /** The first that the BMC takes. */
  #shift(lengthMax: number): PendingRequest | undefined {
    for (;;) {
      const pending = this.#queue.shift();
      if (pending === undefined) return undefined;
      const length = REQUEST_OVERHEAD_BYTES + pending.request.data.length;
      if (length <= lengthMax) return pending;
      pending.fail(tooLong(length, lengthMax));
    }
  }

  #lateness(): Failure {
    if (this.#arbiter.waitingSinceMs !== undefined) return lateAtLock(this.#arbiter.holder());
    return this.#queue.isHeld ? FAILURES.lateForLost : FAILURES.lateInQueue;
  }
}
