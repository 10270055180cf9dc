/**
 * The driver owns the wire. Every request, timer and event-loop turn ends in `advance`, which alone
 * knows what is on the wire and what is sent next: the first request in the queue, once this
 * process has acquired the interface. While the BMC is in doubt, callers' requests stay queued.
 */

import type { Signal } from '../abort.ts';
import { AT_ONCE } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Reply, Request } from '../ipmi/message.ts';
import type { Arbiter } from '../share/arbiter.ts';
import { FAILURES, abortedBy, lateAtLock, locked, portFailed } from './failure.ts';
import { queueFull, tooLong } from './failure.ts';
import type { Failure } from './failure.ts';
import { InFlight } from './in-flight.ts';
import type { InFlightParts, Progress, Suspicion } from './in-flight.ts';
import type { Interrupt } from './interrupt.ts';
import type { Limits } from './limits.ts';
import { IrqWake, Loop, TimerWake } from './loop.ts';
import type { Wake } from './loop.ts';
import type { Attention, Machine } from './machine.ts';
import { PendingRequest } from './pending-request.ts';
import type { Lifetime, PendingOptions } from './pending-request.ts';
import { RequestQueue } from './queue.ts';
import type { Statistics } from './statistics.ts';

/** Reasons to hold callers' requests back: the library has to ask the BMC something first. */
export type Doubt = Suspicion | 'opening' | 'capabilities' | 'settings';

/** Everything the driver is built from. */
export interface DriverParts extends Omit<InFlightParts, 'numbers'> {
  readonly arbiter: Arbiter;
  /** Most callers' requests in the queue. */
  readonly queueMax: number;
  /** Makes the driver poll early; undefined where there is no interrupt line. */
  readonly interrupt: Interrupt | undefined;
  /**
   * Called when the BMC comes into doubt: look for it, then call {@link Driver.trust}. Never called
   * from within a poll.
   */
  readonly onDoubt: (doubt: Doubt) => void;
  /** Told of every request, before it is queued; the function returned is given its result. */
  readonly onAsked?: AskedListener | undefined;
}

/** Receives a request, and then the promise of its reply. */
export type AskedListener = (
  request: Request,
  options: Pick<SubmitOptions, 'internal'> & Lifetime,
) => (result: Promise<Reply>) => void;

/** Options of one request. */
export interface SubmitOptions extends PendingOptions {
  /** Timeout, counted from the call; the driver's limits give one when absent. */
  readonly timeoutMs?: number | undefined;
}

/** `dismissed`: callers' requests fail with `DEVICE_CLOSED`; internal ones are still sent. */
type State = 'open' | 'dismissed' | 'closed';

export class Driver {
  readonly #machine: Machine;
  readonly #arbiter: Arbiter;
  readonly #clock: Clock;
  readonly #interrupt: Interrupt | undefined;
  readonly #statistics: Statistics;
  readonly #onDoubt: DriverParts['onDoubt'];
  readonly #onAsked: AskedListener | undefined;
  /** Callers' requests are held back while this is not empty. */
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
    this.#onAsked = parts.onAsked;
    this.#queue = new RequestQueue(parts.queueMax, this.#doubts);
    this.#inFlight = new InFlight({ ...parts, numbers: parts.arbiter.numbers });
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

  /** Sets the limits that follow from the BMC's capabilities, for attempts from the next one on. */
  adopt(limits: Limits): void {
    this.#inFlight.adopt(limits);
  }

  /**
   * Holds callers' requests back from now on; internal ones are sent. Idempotent, except that
   * `onDoubt` is called each time.
   */
  doubt(reason: Doubt): void {
    this.#doubts.add(reason);
    // Later, because this may be called from within a register access.
    queueMicrotask(() => {
      this.#onDoubt(reason);
    });
  }

  /** Removes these reasons to doubt; when none is left, callers' requests are sent. Idempotent. */
  trust(...reasons: readonly Doubt[]): void {
    for (const reason of reasons) this.#doubts.delete(reason);
    this.run();
  }

  /** Does what is due: sends the next request, or releases the lock. */
  run(): void {
    this.#loop.run(this.#clock.now());
  }

  /** Queues a request. The promise settles by the request's deadline. */
  submit(request: Request, options: SubmitOptions): Promise<Reply> {
    const nowMs = this.#clock.now();
    const { timeoutMs = this.#inFlight.limits.requestMs, internal, signal } = options;
    const pending = new PendingRequest(request, options, { nowMs, timeoutMs });
    const tell = this.#onAsked?.(request, { internal, nowMs, timeoutMs });
    const refusal = this.#refusal(internal, signal);
    if (refusal === undefined) this.#enqueue(pending, signal);
    else pending.fail(refusal);
    const result = pending.result();
    tell?.(result);
    return result;
  }

  /** Reads the attention bit and writes nothing: harmless in another process's turn. */
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
   * Settles callers' requests with `DEVICE_CLOSED` and accepts no more of them; internal ones are
   * still sent. A request on the wire stays there, as an orphan. Idempotent.
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
    // Without the lock there is nothing to do: the hardware was left quiet when the lock was
    // released, and another process may be using it now.
    if (this.#arbiter.isOurs) this.#machine.quiesce();
    this.#arbiter.close();
  }

  /**
   * Resets the interface, at a caller's request only; this process must have acquired it. False
   * when closed.
   */
  resetInterface(): boolean {
    if (this.#state === 'closed') return false;
    const kept = this.#inFlight.letGo(FAILURES.interfaceReset);
    if (kept !== undefined) this.#queue.putBack(kept, 'first');
    this.#machine.reset();
    this.doubt('restart');
    return true;
  }

  /** Settles every request with the failure of the ports, and stops. */
  crash(cause: unknown): void {
    this.#stop(portFailed(cause));
    this.#interrupt?.letGo();
    this.#arbiter.close();
  }

  #refusal(internal: boolean, signal: Signal | undefined): Failure | undefined {
    const isRefused = this.#state === 'closed' || (this.#state === 'dismissed' && !internal);
    if (isRefused) return FAILURES.closed;
    if (signal?.aborted === true) return abortedBy(signal.reason);
    return this.#queue.full && !internal ? queueFull(this.#queue.size) : undefined;
  }

  #enqueue(pending: PendingRequest, signal: Signal | undefined): void {
    this.#queue.push(pending);
    if (this.#inFlight.isFree) this.#loop.run(pending.sinceMs);
    else this.#loop.runBy(pending.deadlineMs);
    if (signal === undefined || pending.settled) return;
    pending.onAbort(() => {
      this.#abandon(pending, abortedBy(signal.reason));
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

  /** Fails the queued requests whose deadline has passed. */
  #expire(nowMs: number): void {
    for (const late of this.#queue.takeExpired(nowMs)) late.fail(late.trouble ?? this.#lateness());
  }

  #lateness(): Failure {
    if (this.#arbiter.waitingSinceMs !== undefined) return lateAtLock(this.#arbiter.holder());
    return this.#queue.isHeld ? FAILURES.lateForLost : FAILURES.lateInQueue;
  }

  /** Removes the request to be sent now from the queue; or returns the time to ask again. */
  #next(nowMs: number): PendingRequest | number {
    const dueMs = this.#nextDueMs(nowMs);
    if (dueMs !== AT_ONCE) return dueMs;
    // Another process lost the BMC: callers wait until this process has checked it, too.
    if (this.#arbiter.takeLossNotice()) this.doubt('silence');
    return this.#shift() ?? this.#arbiter.idle(nowMs);
  }

  #nextDueMs(nowMs: number): number {
    if (!this.#queue.hasNext) return this.#arbiter.idle(nowMs);
    const { notBeforeMs } = this.#queue;
    // Until the request is due, another process may use the interface.
    if (nowMs < notBeforeMs) return Math.min(notBeforeMs, this.#arbiter.idle(nowMs));
    const dueMs = this.#arbiter.tryAcquire(nowMs);
    return dueMs === AT_ONCE ? AT_ONCE : this.#waitForLock(dueMs, nowMs);
  }

  /** Fails the requests that have waited too long for the lock; returns the time to retry. */
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

  /** Removes the first request that fits the BMC's buffer; fails those before it that do not. */
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

  /** Settles or requeues the request in flight, as `progress` says. */
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

  /** The time of the next poll, or the next deadline of a request if that is earlier. */
  #until(untilMs: number): number {
    const ownMs = this.#inFlight.awaited?.deadlineMs ?? Infinity;
    return Math.min(untilMs, ownMs, this.#queue.earliestDeadlineMs);
  }

  #abandon(pending: PendingRequest, failure: Failure): void {
    if (this.#loop.isRunning) {
      // Called from within a register access, while the machine is between two states: do it later.
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

  /** Polls at once because the line has fired; otherwise a timer would do so later. */
  #lookNow(interrupt: Interrupt): void {
    if (this.#state === 'closed') return;
    try {
      // If another process has the interface, the interrupt is acknowledged with our next request.
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
