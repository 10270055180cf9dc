/**
 * The driver owns the wire. Requests, timers and event-loop turns all end in `advance`, so that one
 * place knows what is on the wire and what goes next: the first request in the queue, once this
 * process has the interface. While the BMC is in doubt, callers' requests stay in the queue.
 */

import { AT_ONCE } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Reply, Request } from '../ipmi/message.ts';
import type { Arbiter } from '../share/arbiter.ts';
import { FAILURES, lateAtLock, locked, portFailed, queueFull, tooLong } from './failure.ts';
import type { Failure } from './failure.ts';
import { InFlight } from './in-flight.ts';
import type { InFlightParts, Progress, Suspicion } from './in-flight.ts';
import type { Interrupt } from './interrupt.ts';
import type { Limits } from './limits.ts';
import { IrqWake, Loop, TimerWake } from './loop.ts';
import type { Wake } from './loop.ts';
import type { Attention, Machine } from './machine.ts';
import { PendingRequest } from './pending-request.ts';
import type { PendingOptions } from './pending-request.ts';
import { RequestQueue } from './queue.ts';
import type { Statistics } from './statistics.ts';

/** Reasons for callers' requests to wait: the BMC has to be asked something first. */
export type Doubt = Suspicion | 'opening' | 'capabilities';

/** Everything the driver is built from. */
export interface DriverParts extends InFlightParts {
  readonly arbiter: Arbiter;
  /** Most callers' requests in the queue. */
  readonly queueMax: number;
  /** Says sooner that there is something to see; undefined where only timers do. */
  readonly interrupt: Interrupt | undefined;
  /** The BMC is in doubt: look for it, then call {@link Driver.trust}. Never called from a look. */
  readonly onDoubt: (doubt: Doubt) => void;
}

/** How one request is to be treated, and how long. */
export interface SubmitOptions extends PendingOptions {
  /** From the call; the driver's limits decide when absent. */
  readonly timeoutMs?: number | undefined;
}

/** `dismissed`: callers have been told that the device is closed; internal requests still go. */
type State = 'open' | 'dismissed' | 'closed';

export class Driver {
  readonly #machine: Machine;
  readonly #arbiter: Arbiter;
  readonly #clock: Clock;
  readonly #interrupt: Interrupt | undefined;
  readonly #statistics: Statistics;
  readonly #onDoubt: DriverParts['onDoubt'];
  /** Callers' requests wait while there is any. */
  readonly #doubts = new Set<Doubt>();
  readonly #queue: RequestQueue;
  readonly #inFlight: InFlight;
  readonly #loop: Loop;
  #state: State = 'open';

  constructor(parts: DriverParts) {
    this.#machine = parts.machine;
    this.#arbiter = parts.arbiter;
    this.#clock = parts.clock;
    this.#interrupt = parts.interrupt;
    this.#statistics = parts.statistics;
    this.#onDoubt = parts.onDoubt;
    this.#queue = new RequestQueue(parts.queueMax, this.#doubts);
    this.#inFlight = new InFlight(parts);
    const work = {
      advance: (nowMs: number) => this.#advance(nowMs),
      isAwaited: () => this.isAwaited,
      crashed: (cause: unknown) => {
        this.crash(cause);
      },
    };
    this.#loop = new Loop(parts.clock, work, (callback) => this.#newWake(callback));
  }

  /** True while a caller waits for a reply. */
  get isAwaited(): boolean {
    return this.#queue.callers > 0 || this.#inFlight.awaited?.internal === false;
  }

  /** The time that the BMC gets to answer, milliseconds. */
  get attemptMs(): number {
    return this.#inFlight.limits.attemptMs;
  }

  /** Takes over what the BMC said of itself; attempts that begin from now on use it. */
  adopt(limits: Limits): void {
    this.#inFlight.adopt(limits);
  }

  /** Callers' requests wait from now on; internal ones go. Idempotent, but for the call back. */
  doubt(reason: Doubt): void {
    this.#doubts.add(reason);
    // Not from within a register access.
    queueMicrotask(() => {
      this.#onDoubt(reason);
    });
  }

  /** The reasons to doubt are settled; callers' requests go on when none is left. Idempotent. */
  trust(...reasons: readonly Doubt[]): void {
    for (const reason of reasons) this.#doubts.delete(reason);
    this.run();
  }

  /** Does what there is to do: the next request, or a lock to let go. */
  run(): void {
    this.#loop.run(this.#clock.now());
  }

  /** Queues a request. Settles by its deadline. */
  submit(request: Request, options: SubmitOptions): Promise<Reply> {
    const nowMs = this.#clock.now();
    const { timeoutMs = this.#inFlight.limits.requestMs, internal, signal } = options;
    const pending = new PendingRequest(request, options, { nowMs, timeoutMs });
    const refusal = this.#refusal(internal, signal);
    if (refusal === undefined) this.#enqueue(pending, signal);
    else pending.fail(refusal);
    return pending.result();
  }

  /** Looks at the attention bit and changes nothing, which is harmless in any process's turn. */
  glance(): Attention | 'closed' {
    if (this.#state === 'closed') return 'closed';
    try {
      return this.#machine.attention();
    } catch (error) {
      this.crash(error);
      return 'closed';
    }
  }

  /**
   * Settles callers' requests with `DEVICE_CLOSED` and takes no more of them; internal ones still
   * go. What is on the wire stays there, as an orphan. Idempotent.
   */
  dismiss(): void {
    if (this.#state === 'open') this.#state = 'dismissed';
    for (const queued of this.#queue.takeIf(({ internal }) => !internal)) {
      queued.fail(FAILURES.closedMeanwhile);
    }
    const current = this.#inFlight.awaited;
    if (current?.internal === false) this.#abandon(current, FAILURES.closedMeanwhile);
  }

  /**
   * Settles every request with `DEVICE_CLOSED`, leaves the hardware quiet and stops. Synchronous
   * and idempotent, so that an exit handler can run it.
   */
  close(): void {
    if (this.#state === 'closed') return;
    this.#stop(FAILURES.closedMeanwhile);
    this.#interrupt?.close();
    // Else it was left quiet when the lock was released, and another process may use it now.
    if (this.#arbiter.isOurs) this.#machine.quiesce();
    this.#arbiter.close();
  }

  /** Resets the interface, which this process has; on a caller's word only. False when closed. */
  resetInterface(): boolean {
    if (this.#state === 'closed') return false;
    const kept = this.#inFlight.letGo(FAILURES.interfaceReset);
    if (kept !== undefined) this.#queue.putBack(kept, 'first');
    this.#machine.reset();
    this.doubt('restart');
    return true;
  }

  /** The ports failed: settles every request, and stops. */
  crash(cause: unknown): void {
    this.#stop(portFailed(cause));
    this.#interrupt?.letGo();
    this.#arbiter.close();
  }

  #refusal(internal: boolean, signal: AbortSignal | undefined): Failure | undefined {
    const isRefused = this.#state === 'closed' || (this.#state === 'dismissed' && !internal);
    if (isRefused) return FAILURES.closed;
    if (signal?.aborted === true) return { ...FAILURES.aborted, cause: signal.reason };
    return this.#queue.full && !internal ? queueFull(this.#queue.size) : undefined;
  }

  #enqueue(pending: PendingRequest, signal: AbortSignal | undefined): void {
    this.#queue.push(pending);
    if (this.#inFlight.isFree) this.#loop.run(pending.sinceMs);
    else this.#loop.runBy(pending.deadlineMs);
    if (signal === undefined || pending.settled) return;
    pending.onAbort(() => {
      this.#abandon(pending, { ...FAILURES.aborted, cause: signal.reason });
    });
  }

  #advance(nowMs: number): number {
    this.#expire(nowMs);
    if (this.#inFlight.isFree) {
      const next = this.#next(nowMs);
      if (typeof next === 'number') return this.#until(next);
      this.#inFlight.begin(next, nowMs);
    }
    const progress = this.#inFlight.advance(nowMs);
    if (progress.kind === 'wait') return this.#until(progress.dueMs);
    this.#act(progress);
    if (!this.#inFlight.isFree) return AT_ONCE;
    this.#loop.openTurn(nowMs);
    return this.#queue.size > 0 ? AT_ONCE : this.#arbiter.idle(nowMs);
  }

  /** Fails the requests in the queue whose time is over. */
  #expire(nowMs: number): void {
    for (const late of this.#queue.takeExpired(nowMs)) late.fail(late.trouble ?? this.#lateness());
  }

  #lateness(): Failure {
    if (this.#arbiter.waitingSinceMs !== undefined) return lateAtLock(this.#arbiter.holder());
    return this.#queue.isHeld ? FAILURES.lateForLost : FAILURES.lateInQueue;
  }

  /** Takes out the request to be sent now; or says when to ask again. */
  #next(nowMs: number): PendingRequest | number {
    const dueMs = this.#nextDueMs(nowMs);
    if (dueMs !== AT_ONCE) return dueMs;
    // Another process has lost the BMC meanwhile: callers wait until it has been looked for.
    if (this.#arbiter.takeLossNotice()) this.doubt('silence');
    return this.#shift() ?? this.#arbiter.idle(nowMs);
  }

  #nextDueMs(nowMs: number): number {
    if (!this.#queue.hasNext) return this.#arbiter.idle(nowMs);
    const { notBeforeMs } = this.#queue;
    // Until it is asked for again, the interface may be another process's.
    if (nowMs < notBeforeMs) return Math.min(notBeforeMs, this.#arbiter.idle(nowMs));
    const dueMs = this.#arbiter.tryAcquire(nowMs);
    return dueMs === AT_ONCE ? AT_ONCE : this.#waitForLock(dueMs, nowMs);
  }

  /** Fails those that have waited for the lock too long; says when to look again. */
  #waitForLock(dueMs: number, nowMs: number): number {
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

  /** Takes out the first request that is not longer than the BMC takes. */
  #shift(): PendingRequest | undefined {
    const { requestDataMax } = this.#inFlight.limits;
    for (;;) {
      const pending = this.#queue.shift();
      if (pending === undefined) return undefined;
      const { length } = pending.request.data;
      if (length <= requestDataMax) return pending;
      pending.fail(tooLong(length, requestDataMax));
    }
  }

  /** Does what follows from what became of the request in flight. */
  #act(progress: Exclude<Progress, { readonly kind: 'wait' }>): void {
    switch (progress.kind) {
      case 'idle':
        return;
      case 'answered':
        if (progress.suspicion !== undefined) this.doubt(progress.suspicion);
        if (!progress.pending.settled) progress.pending.resolve(progress.reply);
        return;
      case 'again':
        this.#queue.putBack(progress.pending, progress.position);
        break;
      case 'failed':
        if (!progress.pending.settled) progress.pending.fail(progress.failure);
        break;
      case 'broken':
        this.crash(progress.cause);
        return;
    }
    if (progress.suspicion !== undefined) this.doubt(progress.suspicion);
  }

  /** The time to look again, or the next deadline of a caller if that is earlier. */
  #until(untilMs: number): number {
    const ownMs = this.#inFlight.awaited?.deadlineMs ?? Infinity;
    return Math.min(untilMs, ownMs, this.#queue.earliestDeadlineMs);
  }

  #abandon(pending: PendingRequest, failure: Failure): void {
    if (this.#loop.isRunning) {
      // From within a register access: the machine is between two of its states.
      queueMicrotask(() => {
        if (!pending.settled) this.#abandon(pending, failure);
      });
      return;
    }
    if (this.#queue.remove(pending)) pending.fail(failure);
    else this.#inFlight.abandon(pending, failure);
    this.run();
  }

  #newWake(callback: () => void): Wake {
    const timer = new TimerWake(this.#clock, callback);
    const interrupt = this.#interrupt;
    if (interrupt === undefined) return timer;
    return new IrqWake(timer, interrupt.line, {
      fired: (count) => {
        this.#statistics.interrupts += count;
        const firing = { count, nowMs: this.#clock.now(), turn: this.#arbiter.turn };
        interrupt.fired(firing, () => {
          this.#lookNow(interrupt);
        });
      },
      failed: (error) => {
        interrupt.failed(error);
      },
    });
  }

  /** The line has fired: what a timer would do later is done now. */
  #lookNow(interrupt: Interrupt): void {
    if (this.#state === 'closed') return;
    try {
      // Else another process uses the interface; ours is let through with the next request.
      if (this.#arbiter.isOurs) interrupt.acknowledge();
    } catch (error) {
      this.crash(error);
    }
    if (this.#inFlight.isFree) this.glance();
    else this.run();
  }

  #stop(failure: Failure): void {
    this.#state = 'closed';
    this.#loop.stop();
    this.#inFlight.stop(failure);
    for (const queued of this.#queue.takeAll()) queued.fail(failure);
  }
}
