/**
 * Whether this process may use the interface now. Between two transactions the driver asks; once
 * the lock is had, the answer is yes and costs a comparison.
 *
 * Nobody starves. The first to wait is next in line, and asks again after 20 ms at most.
 * Who has held the lock for 100 ms lets go of it between two transactions if somebody is in line,
 * and is then behind him: two processes alternate, however busy both are. Who rests lets go after
 * 50 ms. So the lock comes back within 150 ms and a transaction; or out of turn, when the one who
 * is before us does not take it in time, because it was stopped, say. More than two draw lots for
 * the place in line, each of them every 100 ms at least.
 */

import { aborted, sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import type { Lock } from './lock.ts';
import { FAILURES, lockedText } from '../driver/failure.ts';
import { AT_ONCE, NEVER } from '../driver/loop.ts';

/** The lock is kept for so long after the last transaction: the next may come soon. */
export const LOCK_IDLE_MS = 50;

/** Held for so long, the lock is let go between two transactions if somebody waits for it. */
export const LOCK_BURST_MS = 100;

/** A lock that is not to be had is asked for again after so long, then twice as long, up to: */
const RETRY_MIN_MS = 1;
export const LOCK_RETRY_MAX_MS = 20;

/** Who is not first in line looks less often: many that wait must not take the processor. */
const BEHIND_RETRY_MAX_MS = 100;

/** Who is before us in line has so long to take the lock once it can. */
export const LOCK_PATIENCE_MS = 250;

export class Arbiter {
  readonly #lock: Lock;
  /** Waiting for longer than this is an error. */
  readonly timeoutMs: number;
  #isOurs = false;
  #isClosed = false;
  #turns = 0;
  /** What the lock counted when it was last ours. */
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

  /** Whether the interface is ours. */
  get isOurs(): boolean {
    return this.#isOurs;
  }

  /** Which of our turns this is, from 1; undefined while the interface is not ours. */
  get turn(): number | undefined {
    return this.#isOurs ? this.#turns : undefined;
  }

  /** Whether it is ours and shall not stay so. */
  get mustRelease(): boolean {
    return this.#isOurs && this.#lock.isShared;
  }

  /** Since when somebody here waits for it; `undefined` when nobody does. */
  get waitingSinceMs(): number | undefined {
    return this.#waitingSinceMs;
  }

  /** Whether another process has lost the BMC since the lock was last ours. Told once. */
  takeLossNotice(): boolean {
    const isOutdated = this.#isOutdated;
    this.#isOutdated = false;
    return isOutdated;
  }

  /** Lets other processes know that the BMC was lost. */
  announceLoss(): void {
    if (!this.#isOurs) return;
    this.#lock.countLoss();
    this.#losses = this.#lock.losses;
  }

  /** Asks to pass, between two transactions: `AT_ONCE`, or when to ask again. */
  tryAcquire(nowMs: number): number {
    this.#restingSinceMs = undefined;
    if (this.#isOurs) {
      if (nowMs < this.#shareAtMs) return AT_ONCE;
      this.#shareAtMs = nowMs + LOCK_BURST_MS;
      if (!this.#lock.isWanted()) return AT_ONCE;
      this.#letGo();
    }
    return this.#try(nowMs);
  }

  /** Nobody here wants to pass: when to come again, to let go. */
  idle(nowMs: number): number {
    if (this.#waitingSinceMs !== undefined) this.#letGo();
    if (!this.mustRelease) return NEVER;
    this.#restingSinceMs ??= nowMs;
    const letGoAtMs = this.#restingSinceMs + LOCK_IDLE_MS;
    const isTurnOver = nowMs >= this.#shareAtMs && this.#lock.isWanted();
    if (nowMs < letGoAtMs && !isTurnOver) return letGoAtMs;
    this.#letGo();
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
      if (this.#isClosed) throw new IpmiError('DEVICE_CLOSED', FAILURES.closed.text);
      const nowMs = clock.now();
      const dueMs = this.tryAcquire(nowMs);
      if (dueMs === AT_ONCE) return;
      if (nowMs >= endMs) {
        throw new IpmiError('DEVICE_LOCKED', lockedText(this.holder(), nowMs - startMs));
      }
      await sleep(clock, Math.min(dueMs, endMs) - nowMs, signal);
    }
  }

  /** Who has the interface, in words. */
  holder(): string {
    const holder = this.#lock.holder();
    return holder === undefined ? 'another process' : `pid ${holder.pid} (${holder.command})`;
  }

  /** Lets go for good. The interface has been left quiet. Idempotent. */
  close(): void {
    this.#isOurs = false;
    this.#isClosed = true;
    this.#waitingSinceMs = undefined;
    this.#lock.close();
  }

  #try(nowMs: number): number {
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
    this.#isOurs = true;
    this.#turns += 1;
    this.#isOutdated ||= this.#lock.losses !== (this.#losses ?? this.#lock.losses);
    this.#losses = this.#lock.losses;
    this.#shareAtMs = this.#lock.isShared ? nowMs + LOCK_BURST_MS : NEVER;
    return AT_ONCE;
  }

  #letGo(): void {
    this.#lock.release();
    this.#isOurs = false;
    this.#restingSinceMs = undefined;
    this.#waitingSinceMs = undefined;
    this.#tryAtMs = 0;
    this.#retryMs = RETRY_MIN_MS;
  }
}
