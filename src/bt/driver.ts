/**
 * The driver owns the wire. Requests, timers and event-loop turns all end in `advance`, and only
 * `advance` polls the machine, so that one place knows what is on the wire. A caller who has gone
 * leaves an orphan behind: its frame stays on the wire until it is answered or its time is over,
 * and no other frame is written meanwhile.
 */

import type { Clock } from '../clock.ts';
import { Completion } from '../ipmi/completion.ts';
import { silentLog } from '../log.ts';
import type { Log } from '../log.ts';
import { Entrance } from './entrance.ts';
import { FAILURES, attemptFailure, lateOnWire, portFailed, queueFull } from './failure.ts';
import type { Failure } from './failure.ts';
import type { Reply, Request } from './frame.ts';
import type { Limits } from './limits.ts';
import { AT_ONCE, Loop, NEVER } from './loop.ts';
import type { BtMachine, Step } from './machine.ts';
import { RequestQueue } from './queue.ts';
import { delayAfterReply, repeatsAfterSilence } from './retry.ts';
import type { Retries } from './retry.ts';
import type { Statistics } from './statistics.ts';
import { Transaction } from './transaction.ts';
import type { Turnstile } from './turnstile.ts';

/** Everything the driver is built from. */
export interface DriverParts {
  readonly machine: BtMachine;
  readonly turnstile: Turnstile;
  readonly clock: Clock;
  readonly log: Log;
  readonly statistics: Statistics;
  readonly limits: Limits;
  /** Most callers' requests in the queue. */
  readonly queueMax: number;
  /** First sequence number; random, so that a former process's late replies are not ours. */
  readonly firstSeq: number;
}

/** How one request is to be treated. */
export interface SubmitOptions {
  readonly retries: Retries;
  /** Bring-up traffic goes ahead of callers' requests. */
  readonly internal: boolean;
  /** From the call; the driver's limits decide when absent. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export class BtDriver {
  readonly #machine: BtMachine;
  readonly #turnstile: Turnstile;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #statistics: Statistics;
  readonly #queue: RequestQueue;
  readonly #entrance: Entrance;
  readonly #loop: Loop;
  #limits: Limits;
  #lastSeq: number;
  #current: Transaction | undefined;
  /** The current transaction's next attempt begins at this time. */
  #attemptAtMs = 0;
  /** A further response was seen behind the last one: take it out before going idle. */
  #leftover = false;
  #closed = false;

  constructor(parts: DriverParts) {
    this.#machine = parts.machine;
    this.#turnstile = parts.turnstile;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#statistics = parts.statistics;
    this.#limits = parts.limits;
    this.#queue = new RequestQueue(parts.queueMax);
    this.#entrance = new Entrance(this.#queue, parts.turnstile);
    this.#lastSeq = parts.firstSeq - 1;
    this.#loop = new Loop(parts.clock, {
      advance: (nowMs) => this.#advance(nowMs),
      isAwaited: () => this.#queue.size > 0 || this.#current?.settled === false,
      crashed: (cause) => {
        this.#stop(portFailed(cause));
        this.#turnstile.close();
      },
    });
  }

  /** Takes over what the BMC said of itself; attempts that begin from now on use it. */
  adopt(limits: Limits): void {
    this.#limits = limits;
  }

  /** Keeps callers' requests in the queue while bring-up is under way. */
  holdCallers(held: boolean): void {
    this.#queue.hold(held);
    this.#loop.run(this.#clock.now());
  }

  /** Queues a request, which settles by its deadline. */
  submit(request: Request, options: SubmitOptions): Transaction {
    const nowMs = this.#clock.now();
    const timeoutMs = options.timeoutMs ?? this.#limits.requestMs;
    const { retries, internal, signal } = options;
    const transaction = new Transaction(request, { retries, internal, signal, timeoutMs, nowMs });
    const refusal = this.#refusal(internal, signal);
    if (refusal !== undefined) {
      transaction.fail(refusal);
      return transaction;
    }
    if (signal !== undefined) {
      transaction.onAbort(() => {
        this.#abort(transaction, signal.reason);
      });
    }
    this.#queue.push(transaction);
    if (this.#current === undefined) this.#loop.run(nowMs);
    else this.#loop.runBy(transaction.deadlineMs);
    return transaction;
  }

  /**
   * Settles every request with `DEVICE_CLOSED`, leaves the hardware quiet and stops. Synchronous
   * and idempotent, so that an exit handler can run it.
   */
  close(): void {
    if (this.#closed) return;
    if (this.#machine.onWire) this.#log.warn(this.#fields(), 'closed with a command on the wire');
    this.#stop(FAILURES.closedMeanwhile);
    // Else it was left quiet when the lock was let go, and another process may be using it now.
    if (this.#turnstile.isOpen) this.#machine.quiesce();
    this.#turnstile.close();
  }

  #refusal(internal: boolean, signal: AbortSignal | undefined): Failure | undefined {
    if (this.#closed) return FAILURES.closed;
    if (signal?.aborted === true) return { ...FAILURES.aborted, cause: signal.reason };
    return this.#queue.full && !internal ? queueFull(this.#queue.size) : undefined;
  }

  /** The only caller of `machine.poll`. */
  #advance(nowMs: number): number {
    this.#entrance.expire(nowMs);
    if (this.#machine.state === 'idle' && !this.#leftover) {
      this.#current ??= this.#next(nowMs);
      if (this.#current === undefined) return this.#until(this.#entrance.dueMs);
      if (nowMs < this.#attemptAtMs) return this.#until(this.#attemptAtMs);
      this.#start(this.#current);
    }
    return this.#act(this.#machine.poll(nowMs), nowMs);
  }

  #next(nowMs: number): Transaction | undefined {
    const transaction = this.#entrance.next(nowMs, this.#limits.requestLengthMax);
    if (transaction === undefined) return undefined;
    transaction.seq = this.#nextSeq();
    this.#attemptAtMs = nowMs;
    return transaction;
  }

  #nextSeq(): number {
    this.#lastSeq = (this.#lastSeq + 1) & 0xff;
    return this.#lastSeq;
  }

  #start(transaction: Transaction): void {
    this.#machine.start({
      request: transaction.request,
      seq: transaction.seq,
      startByMs: transaction.deadlineMs,
      replyWithinMs: this.#limits.attemptMs,
    });
  }

  #act(step: Step, nowMs: number): number {
    switch (step.kind) {
      case 'wait':
        this.#stillWaiting(nowMs);
        return this.#until(step.untilMs);
      case 'idle':
        this.#leftover = false;
        break;
      case 'done':
        this.#leftover = step.more;
        this.#answered(step.reply, nowMs);
        break;
      case 'failed':
        this.#unanswered(step, nowMs);
        break;
    }
    const isPending = this.#leftover || this.#current !== undefined || this.#queue.size > 0;
    return isPending || this.#turnstile.mustLetGo ? AT_ONCE : this.#until(NEVER);
  }

  /** The time to look again, or the next deadline of a caller if that is earlier. */
  #until(untilMs: number): number {
    const ownMs = this.#current?.settled === false ? this.#current.deadlineMs : NEVER;
    return Math.min(untilMs, ownMs, this.#queue.earliestDeadlineMs);
  }

  #stillWaiting(nowMs: number): void {
    const transaction = this.#current;
    if (transaction === undefined || !this.#machine.onWire) return;
    transaction.rung = true;
    if (transaction.settled || nowMs < transaction.deadlineMs) return;
    this.#orphan(transaction, lateOnWire(transaction.timeoutMs));
  }

  /** The caller goes; the frame stays on the wire, and nothing else is sent meanwhile. */
  #orphan(transaction: Transaction, failure: Failure): void {
    this.#statistics.orphans += 1;
    this.#log.warn(this.#fields(), 'orphan');
    transaction.fail(failure);
  }

  #abort(transaction: Transaction, cause: unknown): void {
    if (this.#loop.isRunning) {
      // From within a register access: the machine is between two of its states.
      queueMicrotask(() => {
        if (!transaction.settled) this.#abort(transaction, cause);
      });
      return;
    }
    const failure = { ...FAILURES.aborted, cause };
    if (this.#queue.remove(transaction)) {
      transaction.fail(failure);
    } else if (this.#machine.cancel()) {
      this.#current = undefined;
      transaction.fail(failure);
    } else {
      this.#orphan(transaction, failure);
    }
    this.#loop.run(this.#clock.now());
  }

  #answered(reply: Reply, nowMs: number): void {
    const transaction = this.#current;
    if (transaction === undefined) throw new Error('bug: a reply without a request');
    this.#statistics.completeTransactions += 1;
    transaction.rung = true;
    const { completionCode } = reply;
    const delayMs = delayAfterReply(completionCode, transaction, this.#limits.retries);
    if (delayMs !== undefined && this.#canRepeat(transaction, nowMs + delayMs)) {
      if (completionCode === Completion.NODE_BUSY) transaction.busyRepeats += 1;
      else transaction.repeats += 1;
      // After an answer the repeat is a new request: a BMC may replay its answer to an old seq.
      transaction.seq = this.#nextSeq();
      this.#repeat(nowMs + delayMs);
      return;
    }
    if (this.#log !== silentLog) {
      const ms = Math.round(this.#clock.now() - transaction.sinceMs);
      this.#log.debug({ ...this.#fields(), completionCode, ms }, 'reply');
    }
    this.#current = undefined;
    if (!transaction.settled) transaction.resolve(reply);
  }

  #unanswered(step: Step & { kind: 'failed' }, nowMs: number): void {
    const transaction = this.#current;
    if (transaction === undefined) throw new Error('bug: a failure without a request');
    if (step.reason !== 'notReady') {
      transaction.rung = true;
      this.#statistics.longTimeouts += 1;
      const isRepeated = repeatsAfterSilence(transaction, this.#limits.retries);
      if (isRepeated && this.#canRepeat(transaction, nowMs)) {
        transaction.repeats += 1;
        // After silence the seq stays, so that the BMC can tell a duplicate (§11.5.1).
        this.#repeat(nowMs);
        return;
      }
    }
    this.#current = undefined;
    if (!transaction.settled) transaction.fail(attemptFailure(step));
  }

  #canRepeat(transaction: Transaction, atMs: number): boolean {
    return !transaction.settled && atMs < transaction.deadlineMs;
  }

  #repeat(atMs: number): void {
    this.#attemptAtMs = atMs;
    this.#statistics.retries += 1;
    this.#log.warn(this.#fields(), 'repeat');
  }

  #fields(): object {
    const { seq, request } = this.#current ?? {};
    return { seq, netFn: request?.netFn, cmd: request?.cmd };
  }

  #stop(failure: Failure): void {
    this.#closed = true;
    this.#loop.stop();
    const current = this.#current;
    if (current !== undefined && this.#machine.onWire) current.rung = true;
    if (current?.settled === false) current.fail(failure);
    for (const queued of this.#queue.takeAll()) queued.fail(failure);
    this.#current = undefined;
  }
}
