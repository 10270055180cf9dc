/**
 * Decides whether this process may use the interface now. The driver asks before every request;
 * while the lock is held, the answer costs one comparison.
 *
 * No process starves. The first process to wait is next in line, and retries after 20 ms at most. A
 * process that has held the lock for 100 ms releases it between two requests if another process is
 * in line, and then queues behind that one: two busy processes alternate. An idle process releases
 * it after 50 ms. So a process gets the lock back within 150 ms and a request. If the process that
 * is next does not acquire it in time, because it was stopped, say, the others go out of turn.
 * Where more than two wait, the next place in line goes to the first to retry, and each retries at
 * least every 100 ms.
 */

import type { Signal } from '../abort.ts';
import { AT_ONCE, NEVER, aborted, sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { IpmiError, closedError } from '../errors.ts';
import { holderText } from './holder.ts';
import type { Lock } from './lock.ts';
import type { SequenceNumbers } from './sequence-numbers.ts';

/** The lock is held for so long after the last request, because the next one may come soon. */
export const LOCK_IDLE_MS = 50;

/** After so long the lock is released between two requests if another process waits for it. */
export const LOCK_BURST_MS = 100;

/** First and longest interval between two tries to acquire the lock; it doubles in between. */
const RETRY_MIN_MS = 1;
export const LOCK_RETRY_MAX_MS = 20;

/** The same for a process that is not next in line, because many of them may wait. */
const BEHIND_RETRY_MAX_MS = 100;

/** After so long a process tries out of turn, because the one that is next may be stopped. */
export const LOCK_PATIENCE_MS = 250;

/** `ours`: this process has the interface. `undefined`: it does not have it. */
type State = 'ours' | 'closed' | undefined;

export class Arbiter {
  readonly #lock: Lock;
  /** Timeout of a wait for the lock, milliseconds. */
  readonly timeoutMs: number;
  #state: State;
  #turns = 0;
  /** The lock's count of losses of the BMC when this process last held it. */
  #losses: number | undefined;
  #isOutdated = false;
  /** From this time on the lock is released if another process waits for it. */
  #shareAtMs = 0;
  #restingSinceMs: number | undefined;
  #waitingSinceMs: number | undefined;
  #tryAtMs = 0;
  #retryMs = RETRY_MIN_MS;
  #isKept = false;

  constructor(lock: Lock, timeoutMs: number) {
    this.#lock = lock;
    this.timeoutMs = timeoutMs;
  }

  /** True while this process has the interface. */
  get isOurs(): boolean {
    return this.#state === 'ours';
  }

  /** The number of this process's turn, from 1; undefined while it does not have the interface. */
  get turn(): number | undefined {
    return this.isOurs ? this.#turns : undefined;
  }

  /** The sequence numbers of the interface's requests. While {@link isOurs} only. */
  get numbers(): SequenceNumbers {
    return this.#lock.numbers;
  }

  /** True while this process has the interface and must release it some time. */
  get mustRelease(): boolean {
    return this.isOurs && this.#lock.isShared;
  }

  /** Start of the wait for the lock; `undefined` while this process does not wait. */
  get waitingSinceMs(): number | undefined {
    return this.#waitingSinceMs;
  }

  /** True, once, when another process has lost the BMC since this one last held the lock. */
  takeLossNotice(): boolean {
    const isOutdated = this.#isOutdated;
    this.#isOutdated = false;
    return isOutdated;
  }

  /** Makes the loss of the BMC known to other processes. */
  announceLoss(): void {
    if (!this.isOurs) return;
    this.#lock.countLoss();
    this.#losses = this.#lock.losses;
  }

  /**
   * Keeps the interface, once acquired, between requests that no other process may come between.
   * The caller bounds the time, and calls again to end it.
   */
  keep(isKept: boolean): void {
    this.#isKept = isKept;
  }

  /** Tries to acquire the interface for the next request: `AT_ONCE`, or the time to retry. */
  tryAcquire(nowMs: number): number {
    this.#restingSinceMs = undefined;
    if (this.isOurs) {
      if (!this.#isTurnOver(nowMs)) return AT_ONCE;
      this.#release();
    }
    return this.#try(nowMs);
  }

  /** Called while no request is due: returns the time to call again, so that it can release. */
  idle(nowMs: number): number {
    if (this.#waitingSinceMs !== undefined) this.#release();
    if (!this.mustRelease || this.#isKept) return NEVER;
    this.#restingSinceMs ??= nowMs;
    const letGoAtMs = this.#restingSinceMs + LOCK_IDLE_MS;
    const isTurnOver = nowMs >= this.#shareAtMs && this.#lock.isWanted();
    if (nowMs < letGoAtMs && !isTurnOver) return letGoAtMs;
    this.#release();
    return NEVER;
  }

  /** Resolves when the interface is acquired, which holds until the caller next awaits. */
  async acquire(
    clock: Clock,
    { deadlineMs, signal }: { deadlineMs: number; signal: Signal | undefined },
  ): Promise<void> {
    if (signal?.aborted === true) throw aborted(signal.reason);
    const startMs = clock.now();
    const endMs = Math.min(deadlineMs, startMs + this.timeoutMs);
    for (;;) {
      // Closed while it waited: a lock acquired now would never be released.
      if (this.#state === 'closed') throw closedError();
      const nowMs = clock.now();
      const dueMs = this.tryAcquire(nowMs);
      if (dueMs === AT_ONCE) return;
      if (nowMs >= endMs) {
        throw new IpmiError('DEVICE_LOCKED', lockedText(this.holder(), nowMs - startMs));
      }
      await sleep(clock, Math.min(dueMs, endMs) - nowMs, signal);
    }
  }

  /** Names the process that has the interface, for messages. */
  holder(): string {
    return holderText(this.#lock.holder());
  }

  /** Releases the lock for good. The interface must have been left quiet. Idempotent. */
  close(): void {
    this.#state = 'closed';
    this.#waitingSinceMs = undefined;
    this.#lock.close();
  }

  #isTurnOver(nowMs: number): boolean {
    if (!this.#lock.isValid()) return true;
    if (this.#isKept || nowMs < this.#shareAtMs) return false;
    this.#shareAtMs = nowMs + LOCK_BURST_MS;
    return this.#lock.isWanted();
  }

  #try(nowMs: number): number {
    if (this.#state === 'closed') return NEVER;
    const sinceMs = (this.#waitingSinceMs ??= nowMs);
    if (nowMs < this.#tryAtMs) return this.#tryAtMs;
    if (!this.#lock.tryAcquire(nowMs - sinceMs >= LOCK_PATIENCE_MS)) {
      const mostMs = this.#lock.isNext ? LOCK_RETRY_MAX_MS : BEHIND_RETRY_MAX_MS;
      this.#tryAtMs = nowMs + Math.min(this.#retryMs, mostMs);
      this.#retryMs = Math.min(2 * this.#retryMs, mostMs);
      return this.#tryAtMs;
    }
    this.#waitingSinceMs = undefined;
    this.#retryMs = RETRY_MIN_MS;
    this.#state = 'ours';
    this.#turns += 1;
    this.#isOutdated ||= this.#lock.losses !== (this.#losses ?? this.#lock.losses);
    this.#losses = this.#lock.losses;
    this.#shareAtMs = this.#lock.isShared ? nowMs + LOCK_BURST_MS : NEVER;
    return AT_ONCE;
  }

  #release(): void {
    this.#lock.release();
    this.#state = undefined;
    this.#restingSinceMs = undefined;
    this.#waitingSinceMs = undefined;
    this.#tryAtMs = 0;
    this.#retryMs = RETRY_MIN_MS;
  }
}

/** The text for an interface that another process, `holder`, has not released in time. */
export function lockedText(holder: string, waitedMs: number): string {
  const text = `${holder} has had the interface for ${Math.round(waitedMs)} ms`;
  return `${text}; wait for that process, or end it`;
}
