/**
 * Requests waiting for the wire: bounded, internal ones ahead of callers' ones, first come first
 * served within each. A request that leaves early leaves no trace.
 */

import { LinkedList } from './linked-list.ts';
import type { PendingRequest } from './pending-request.ts';
import type { Position } from './retry.ts';

const NONE: readonly PendingRequest[] = [];

export class RequestQueue {
  readonly #max: number;
  readonly #doubts: { readonly size: number };
  readonly #internal = new LinkedList<PendingRequest>();
  readonly #callers = new LinkedList<PendingRequest>();
  /** No queued deadline is earlier; it may be too early when its owner has left. */
  #earliestMs = Infinity;

  /** Callers' requests stay in it while `doubts` has any. */
  constructor(max: number, doubts: { readonly size: number }) {
    this.#max = max;
    this.#doubts = doubts;
  }

  get size(): number {
    return this.#internal.size + this.#callers.size;
  }

  /** The number of callers' requests in it. */
  get callers(): number {
    return this.#callers.size;
  }

  /** True while only internal requests come out: what they ask for goes first, as a whole. */
  get isHeld(): boolean {
    return this.#doubts.size > 0;
  }

  /** True when a caller's request would be one too many. */
  get full(): boolean {
    return this.#callers.size >= this.#max;
  }

  /** True when {@link shift} would give one. */
  get hasNext(): boolean {
    return this.#internal.size > 0 || (!this.isHeld && this.#callers.size > 0);
  }

  /** Time at which the next request may be sent. */
  get notBeforeMs(): number {
    const next = this.#internal.first ?? (this.isHeld ? undefined : this.#callers.first);
    return next?.notBeforeMs ?? 0;
  }

  /** Time at which the oldest request was handed in; `Infinity` without one. */
  get oldestMs(): number {
    const [internal, caller] = [this.#internal.first, this.#callers.first];
    return Math.min(internal?.sinceMs ?? Infinity, caller?.sinceMs ?? Infinity);
  }

  /** A time before which no queued request expires. */
  get earliestDeadlineMs(): number {
    return this.#earliestMs;
  }

  push(pending: PendingRequest): void {
    (pending.internal ? this.#internal : this.#callers).addLast(pending);
    this.#earliestMs = Math.min(this.#earliestMs, pending.deadlineMs);
  }

  /** Puts one back that was taken out, in front of all others or behind them. */
  putBack(pending: PendingRequest, position: Position): void {
    if (position === 'last') {
      this.push(pending);
      return;
    }
    (pending.internal ? this.#internal : this.#callers).addFirst(pending);
    this.#earliestMs = Math.min(this.#earliestMs, pending.deadlineMs);
  }

  /** Takes out the next request to be sent. */
  shift(): PendingRequest | undefined {
    const first =
      this.#internal.takeFirst() ?? (this.isHeld ? undefined : this.#callers.takeFirst());
    if (this.size === 0) this.#earliestMs = Infinity;
    return first;
  }

  /** Takes out one that does not want to wait any more; false when it is not here. */
  remove(pending: PendingRequest): boolean {
    const { internal } = pending;
    const isHere = (internal ? this.#internal : this.#callers).remove(pending);
    if (this.size === 0) this.#earliestMs = Infinity;
    return isHere;
  }

  /** Takes out all whose deadline is not after `nowMs`. */
  takeExpired(nowMs: number): readonly PendingRequest[] {
    if (nowMs < this.#earliestMs) return NONE;
    return this.takeIf((pending) => pending.deadlineMs <= nowMs);
  }

  /** Takes out those that `isTaken` says. */
  takeIf(isTaken: (pending: PendingRequest) => boolean): readonly PendingRequest[] {
    const all = [...this.#internal.members(), ...this.#callers.members()];
    const taken = all.filter((pending) => isTaken(pending));
    for (const pending of taken) this.remove(pending);
    this.#earliestMs = Infinity;
    for (const list of [this.#internal, this.#callers]) {
      for (const { deadlineMs } of list.members()) {
        this.#earliestMs = Math.min(this.#earliestMs, deadlineMs);
      }
    }
    return taken;
  }

  /** Takes out all. */
  takeAll(): readonly PendingRequest[] {
    return this.takeIf(() => true);
  }
}
