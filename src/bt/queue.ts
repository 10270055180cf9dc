/**
 * Requests waiting for the wire: bounded, internal ones ahead of callers' ones, first come first
 * served within each. A request that leaves early leaves no trace.
 */

import type { Transaction } from './transaction.ts';

const NONE: readonly Transaction[] = [];

export class RequestQueue {
  readonly #max: number;
  readonly #internal = new Line();
  readonly #callers = new Line();
  #held = false;
  /** No queued deadline is earlier; it may be too early when its owner has left. */
  #earliestMs = Infinity;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#internal.members.size + this.#callers.members.size;
  }

  /** Whether a caller's request would be one too many. */
  get full(): boolean {
    return this.#callers.members.size >= this.#max;
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
    (transaction.internal ? this.#internal : this.#callers).members.add(transaction);
    this.#earliestMs = Math.min(this.#earliestMs, transaction.deadlineMs);
  }

  /** Takes out the next request to be sent. */
  shift(): Transaction | undefined {
    const first =
      this.#internal.takeFirst() ?? (this.#held ? undefined : this.#callers.takeFirst());
    if (this.size === 0) this.#earliestMs = Infinity;
    return first;
  }

  /** Takes out one that does not want to wait any more; false when it is not here. */
  remove(transaction: Transaction): boolean {
    return this.#internal.members.delete(transaction) || this.#callers.members.delete(transaction);
  }

  /** Takes out all whose deadline is not after `nowMs`. */
  takeExpired(nowMs: number): readonly Transaction[] {
    if (nowMs < this.#earliestMs) return NONE;
    const all = [...this.#internal.members, ...this.#callers.members];
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

/** A Set keeps the order of insertion and lets any member leave at once. */
class Line {
  readonly members = new Set<Transaction>();
  // A Set leaves gaps where members were; one iterator passes each gap once, a new one all of them.
  #front = this.members.values();

  takeFirst(): Transaction | undefined {
    const first = this.#front.next().value ?? this.#restart();
    if (first !== undefined) this.members.delete(first);
    return first;
  }

  /** An iterator that has come to the end does not see later members. */
  #restart(): Transaction | undefined {
    this.#front = this.members.values();
    return this.#front.next().value;
  }
}
