/**
 * The requests that wait for the wire: internal ones before callers' ones, each in order of
 * arrival; the number of callers' ones is bounded. A request that is removed leaves nothing behind.
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
  /** No queued deadline is earlier; too early, perhaps, when the request that set it has left. */
  #earliestMs = Infinity;

  /** Callers' requests are held back while `doubts` is not empty. */
  constructor(max: number, doubts: { readonly size: number }) {
    this.#max = max;
    this.#doubts = doubts;
  }

  get size(): number {
    return this.#internal.size + this.#callers.size;
  }

  /** Number of callers' requests. */
  get callers(): number {
    return this.#callers.size;
  }

  /** True while callers' requests are held back, so that a row of internal ones goes first. */
  get isHeld(): boolean {
    return this.#doubts.size > 0;
  }

  /** True when there is no room for another caller's request. */
  get full(): boolean {
    return this.#callers.size >= this.#max;
  }

  /** True when {@link shift} would return a request. */
  get hasNext(): boolean {
    return this.#internal.size > 0 || (!this.isHeld && this.#callers.size > 0);
  }

  /** Time at which the next request may be sent. */
  get notBeforeMs(): number {
    const next = this.#internal.first ?? (this.isHeld ? undefined : this.#callers.first);
    return next?.notBeforeMs ?? 0;
  }

  /** Time of the oldest request's call; `Infinity` without a request. */
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

  /** Puts a request back, before all others of its kind or behind them. */
  putBack(pending: PendingRequest, position: Position): void {
    if (position === 'last') {
      this.push(pending);
      return;
    }
    (pending.internal ? this.#internal : this.#callers).addFirst(pending);
    this.#earliestMs = Math.min(this.#earliestMs, pending.deadlineMs);
  }

  /** Removes and returns the next request to be sent. */
  shift(): PendingRequest | undefined {
    const first =
      this.#internal.takeFirst() ?? (this.isHeld ? undefined : this.#callers.takeFirst());
    if (this.size === 0) this.#earliestMs = Infinity;
    return first;
  }

  /** Removes a request; false when it is not in the queue. */
  remove(pending: PendingRequest): boolean {
    const { internal } = pending;
    const isHere = (internal ? this.#internal : this.#callers).remove(pending);
    if (this.size === 0) this.#earliestMs = Infinity;
    return isHere;
  }

  /** Removes and returns all requests whose deadline is not after `nowMs`. */
  takeExpired(nowMs: number): readonly PendingRequest[] {
    if (nowMs < this.#earliestMs) return NONE;
    return this.takeIf((pending) => pending.deadlineMs <= nowMs);
  }

  /** Removes and returns all requests for which `isTaken` is true. */
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

  /** Removes and returns all requests. */
  takeAll(): readonly PendingRequest[] {
    return this.takeIf(() => true);
  }
}
