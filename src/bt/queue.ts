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
    const first =
      this.#internal.takeFirst() ?? (this.#held ? undefined : this.#callers.takeFirst());
    if (this.size === 0) this.#earliestMs = Infinity;
    return first;
  }

  /** Takes out one that does not want to wait any more; false when it is not here. */
  remove(transaction: Transaction): boolean {
    return this.#internal.remove(transaction) || this.#callers.remove(transaction);
  }

  /** Takes out all whose deadline is not after `nowMs`. */
  takeExpired(nowMs: number): readonly Transaction[] {
    if (nowMs < this.#earliestMs) return NONE;
    const all = [...this.#internal.members(), ...this.#callers.members()];
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

/** First come, first served; any member may leave at once. */
class Line {
  /** Apart from the others, because most requests find the line empty and leave it at once. */
  #first: Transaction | undefined;
  readonly #others = new Set<Transaction>();
  // A Set leaves gaps where members were; one iterator passes each gap once, a new one all of them.
  #next = this.#others.values();

  get size(): number {
    return this.#first === undefined ? 0 : 1 + this.#others.size;
  }

  *members(): Iterable<Transaction> {
    if (this.#first !== undefined) yield this.#first;
    yield* this.#others;
  }

  add(transaction: Transaction): void {
    if (this.#first === undefined) this.#first = transaction;
    else this.#others.add(transaction);
  }

  takeFirst(): Transaction | undefined {
    const first = this.#first;
    this.#first = this.#others.size === 0 ? undefined : this.#takeOther();
    return first;
  }

  remove(transaction: Transaction): boolean {
    if (transaction !== this.#first) return this.#others.delete(transaction);
    this.takeFirst();
    return true;
  }

  #takeOther(): Transaction | undefined {
    const other = this.#next.next().value ?? this.#restart();
    if (other !== undefined) this.#others.delete(other);
    return other;
  }

  /** An iterator that has come to the end does not see later members. */
  #restart(): Transaction | undefined {
    this.#next = this.#others.values();
    return this.#next.next().value;
  }
}
