/**
 * Decides whether this process may use the interface now. Between two requests the driver asks;
 * once the lock is held, the answer is yes and costs a comparison.
 *
 * No process starves. The first process to wait is next in line, and tries again after 20 ms at
 * most. A process that has held the lock for 100 ms releases it between two requests if another is
 * in line, and then stands behind that one: two processes alternate, however busy both are. A
 * process at rest releases it after 50 ms. So the lock comes back within 150 ms and a request; or
 * out of turn, when the process that is next does not take it in time, because it was stopped, say.
 * More than two draw lots for the next place in line, each of them every 100 ms at least.
 */

import { AT_ONCE, NEVER, aborted, sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { IpmiError, closedError } from '../errors.ts';
import type { Lock } from './lock.ts';

/** The lock is kept for so long after the last request: the next may come soon. */
export const LOCK_IDLE_MS = 50;

/** Held for so long, the lock is released between two requests if another process waits for it. */
export const LOCK_BURST_MS = 100;

/** A lock that is not to be had is tried again after so long, then twice as long, up to: */
const RETRY_MIN_MS = 1;
export const LOCK_RETRY_MAX_MS = 20;

/**
 * A process that is not first in line tries less often: many that wait must not take the processor.
 */
const BEHIND_RETRY_MAX_MS = 100;

/** The process that is next in line has so long to take the lock once it can. */
export const LOCK_PATIENCE_MS = 250;

/** `ours`: this process has the interface. `away`: it has not, or not any more. */
type State = 'away' | 'ours' | 'closed';

export class Arbiter {
  readonly #lock: Lock;
  /** Waiting for longer than this is an error, milliseconds. */
  readonly timeoutMs: number;
  #state: State = 'away';
  #turns = 0;
  /** Losses of the BMC that the lock had counted when it was last ours. */
  #losses: number | undefined;
  #isOutdated = false;
  /** While open: others get their turn from this time on. */
  #shareAtMs = 0;
  #restingSinceMs: number | undefined;
  #waitingSinceMs: number | undefined;
  #tryAtMs = 0;
  #retryMs = RETRY_MIN_MS;

  constructor(lock: Lock, timeoutMs: number) {
    this.#lock = lock;
    this.timeoutMs = timeoutMs;
  }

  /** True while this process has the interface. */
  get isOurs(): boolean {
    return this.#state === 'ours';
  }

  /** The number of our turn, from 1; undefined while the interface is not ours. */
  get turn(): number | undefined {
    return this.isOurs ? this.#turns : undefined;
  }

  /** True while the interface is ours and shall not stay so. */
  get mustRelease(): boolean {
    return this.isOurs && this.#lock.isShared;
  }

  /** Start of the wait for it; `undefined` while nothing here waits. */
  get waitingSinceMs(): number | undefined {
    return this.#waitingSinceMs;
  }

  /** True when another process has lost the BMC since the lock was last ours. Told once. */
  takeLossNotice(): boolean {
    const isOutdated = this.#isOutdated;
    this.#isOutdated = false;
    return isOutdated;
  }

  /** Lets other processes know that the BMC was lost. */
  announceLoss(): void {
    if (!this.isOurs) return;
    this.#lock.countLoss();
    this.#losses = this.#lock.losses;
  }

  /** Asks for the interface, between two requests: `AT_ONCE`, or when to ask again. */
  tryAcquire(nowMs: number): number {
    this.#restingSinceMs = undefined;
    if (this.isOurs) {
      if (nowMs < this.#shareAtMs) return AT_ONCE;
      this.#shareAtMs = nowMs + LOCK_BURST_MS;
      if (!this.#lock.isWanted()) return AT_ONCE;
      this.#release();
    }
    return this.#try(nowMs);
  }

  /** Nothing here wants the interface: says when to come again, to release it. */
  idle(nowMs: number): number {
    if (this.#waitingSinceMs !== undefined) this.#release();
    if (!this.mustRelease) return NEVER;
    this.#restingSinceMs ??= nowMs;
    const letGoAtMs = this.#restingSinceMs + LOCK_IDLE_MS;
    const isTurnOver = nowMs >= this.#shareAtMs && this.#lock.isWanted();
    if (nowMs < letGoAtMs && !isTurnOver) return letGoAtMs;
    this.#release();
    return NEVER;
  }

  /** Resolves when the interface is ours, for as long as the caller does not wait. */
  async acquire(
    clock: Clock,
    { deadlineMs, signal }: { deadlineMs: number; signal: AbortSignal | undefined },
  ): Promise<void> {
    if (signal?.aborted === true) throw aborted(signal.reason);
    const startMs = clock.now();
    const endMs = Math.min(deadlineMs, startMs + this.timeoutMs);
    for (;;) {
      // Closed while it waited: a lock that is taken now would be let go by nobody.
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

  /** Names the process that has the interface, in words. */
  holder(): string {
    const holder = this.#lock.holder();
    return holder === undefined ? 'another process' : `pid ${holder.pid} (${holder.command})`;
  }

  /** Releases it for good. The interface has been left quiet. Idempotent. */
  close(): void {
    this.#state = 'closed';
    this.#waitingSinceMs = undefined;
    this.#lock.close();
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
    this.#state = 'away';
    this.#restingSinceMs = undefined;
    this.#waitingSinceMs = undefined;
    this.#tryAtMs = 0;
    this.#retryMs = RETRY_MIN_MS;
  }
}

/** Says that another process, `holder`, has not let go of the interface for so long. */
export function lockedText(holder: string, waitedMs: number): string {
  const text = `${holder} has had the interface for ${Math.round(waitedMs)} ms`;
  return `${text}; wait for that process, or end it`;
}
