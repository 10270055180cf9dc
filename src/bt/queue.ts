/**
 * Requests waiting for the wire: bounded, internal ones ahead of callers' ones, first come first
 * served within each. A request that leaves early leaves no trace.
 */

import type { Transaction } from './transaction.ts';

const NONE: readonly Transaction[] = [];

export class RequestQueue {
  readonly #max: number;
  // A Set keeps the order of insertion and lets any member leave at once.
  readonly #internal = new Set<Transaction>();
  readonly #callers = new Set<Transaction>();
  #held = false;
  /** No queued deadline is earlier; it may be too early when its owner has left. */
  #earliestMs = Infinity;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#internal.size + this.#callers.size;
  }

  /** Whether a caller's request would be one too many. */
  get full(): boolean {
    return this.#callers.size >= this.#max;
  }

  /** A time before which no queued request expires. */
  get earliestDeadlineMs(): number {
    return this.#earliestMs;
  }

  /** While held, only internal requests come out: bring-up goes first, as a whole. */
  hold(held: boolean): void {
    this.#held = held;
  }

  push(transaction: Transaction): void {
    (transaction.internal ? this.#internal : this.#callers).add(transaction);
    this.#earliestMs = Math.min(this.#earliestMs, transaction.deadlineMs);
  }

  /** Takes out the next request to be sent. */
  shift(): Transaction | undefined {
    const first = takeFirst(this.#internal) ?? (this.#held ? undefined : takeFirst(this.#callers));
    if (this.size === 0) this.#earliestMs = Infinity;
    return first;
  }

  /** Takes out one that does not want to wait any more; false when it is not here. */
  remove(transaction: Transaction): boolean {
    return this.#internal.delete(transaction) || this.#callers.delete(transaction);
  }

  /** Takes out all whose deadline is not after `nowMs`. */
  takeExpired(nowMs: number): readonly Transaction[] {
    if (nowMs < this.#earliestMs) return NONE;
    const all = [...this.#internal, ...this.#callers];
    const expired = all.filter((transaction) => transaction.deadlineMs <= nowMs);
    for (const transaction of expired) this.remove(transaction);
    const kept = all.filter((transaction) => transaction.deadlineMs > nowMs);
    this.#earliestMs = kept.reduce(
      (least, { deadlineMs }) => Math.min(least, deadlineMs),
      Infinity,
    );
    return expired;
  }

  /** Takes out all. */
  takeAll(): readonly Transaction[] {
    return this.takeExpired(Infinity);
  }
}

function takeFirst(queue: Set<Transaction>): Transaction | undefined {
  for (const transaction of queue) {
    queue.delete(transaction);
    return transaction;
  }
  return undefined;
}
