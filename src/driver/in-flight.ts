/**
 * The request that the BMC has now, one at a time, over as many attempts as it takes. When its
 * caller times out or aborts, the request becomes an orphan: it stays on the wire until the BMC
 * answers or the attempt times out, and no other frame is written meanwhile.
 */

import { AT_ONCE, NEVER } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { Completion } from '../ipmi/completion.ts';
import { restartsBmc } from '../ipmi/commands.ts';
import type { Reply } from '../ipmi/message.ts';
import { silentLog } from '../log.ts';
import type { Log } from '../log.ts';
import type { SequenceNumbers } from '../share/sequence-numbers.ts';
import { attemptFailure, lateOnWire } from './failure.ts';
import type { Failure } from './failure.ts';
import { UNKNOWN_ATTEMPT_MAX_MS } from './limits.ts';
import type { Limits } from './limits.ts';
import type { FailedPoll, Machine, PollResult } from './machine.ts';
import type { PendingRequest } from './pending-request.ts';
import { afterReply, afterSilence, repeatsAfterSilence } from './retry.ts';
import type { Position } from './retry.ts';
import { countLatency } from './statistics.ts';
import type { Statistics } from './statistics.ts';
import { hasTransactionListener, tellTransaction } from './transactions.ts';

/** Everything an {@link InFlight} is built from. */
export interface InFlightParts {
  readonly machine: Machine;
  readonly clock: Clock;
  readonly log: Log;
  readonly statistics: Statistics;
  readonly limits: Limits;
  /** Name of the device, told to listeners of its transactions. */
  readonly name?: string | undefined;
  /** Tells which sequence numbers no late reply can have. */
  readonly numbers: SequenceNumbers;
}

/** A reason to doubt the BMC: it was silent for a whole attempt, or was told to restart. */
export type Suspicion = 'silence' | 'restart';

/** The result of advancing the request in flight, on which the driver acts. */
export type Progress =
  /** No reply yet, or another attempt begins: advance again at `dueMs`. */
  | { readonly kind: 'wait'; readonly dueMs: number }
  /** There was no request, and the buffer is empty. */
  | { readonly kind: 'idle' }
  /** The BMC answered. The promise of an orphan has settled before. */
  | {
      readonly kind: 'answered';
      readonly pending: PendingRequest;
      readonly reply: Reply;
      readonly suspicion: Suspicion | undefined;
    }
  /** The request goes back to the queue, to be sent again. */
  | {
      readonly kind: 'again';
      readonly pending: PendingRequest;
      readonly position: Position;
      readonly suspicion: Suspicion | undefined;
    }
  /** The request ended without an answer. */
  | {
      readonly kind: 'failed';
      readonly pending: PendingRequest;
      readonly failure: Failure;
      readonly suspicion: Suspicion | undefined;
    }
  /** The ports failed. */
  | { readonly kind: 'broken'; readonly cause: unknown };

const IDLE: Progress = { kind: 'idle' };
const NEXT_ATTEMPT: Progress = { kind: 'wait', dueMs: AT_ONCE };

export class InFlight {
  readonly #machine: Machine;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #statistics: Statistics;
  #limits: Limits;
  readonly #numbers: SequenceNumbers;
  #current: PendingRequest | undefined;
  /** Start of the current attempt. */
  #attemptAtMs = 0;
  /** Timeout of the reply to the current attempt. */
  #replyWithinMs = 0;
  /** The current attempt was handed to the BMC, and is counted. */
  #isCounted = false;
  readonly #name: string | undefined;
  /** A further response was seen behind the last one: take it out before going idle. */
  #leftover = false;

  constructor(parts: InFlightParts) {
    this.#machine = parts.machine;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#statistics = parts.statistics;
    this.#limits = parts.limits;
    this.#numbers = parts.numbers;
    this.#name = parts.name;
  }

  get limits(): Limits {
    return this.#limits;
  }

  /** Sets the limits of the attempts that begin from now on. */
  adopt(limits: Limits): void {
    this.#limits = limits;
  }

  /** True when {@link begin} may be called: no request, nothing on the wire or in the buffer. */
  get isFree(): boolean {
    return this.#current === undefined && this.#isAtRest;
  }

  /** The request whose caller still waits, if there is one. */
  get awaited(): PendingRequest | undefined {
    return this.#current?.settled === false ? this.#current : undefined;
  }

  /** Takes on a request; the next {@link advance} sends it. */
  begin(pending: PendingRequest, nowMs: number): void {
    this.#current = pending;
    this.#attemptAtMs = nowMs;
    // A repeat after an answer gets a new seq: to the old one a BMC may replay its old answer.
    const isKept = pending.keepsSeq && this.#numbers.isOwed(pending.seq);
    pending.keepsSeq = false;
    if (isKept) return;
    pending.seq = this.#numbers.take();
    pending.isSeqRung = false;
    if (pending.rung) this.#countRepeat();
  }

  /** Polls the machine, which no other function does, and returns what became of the request. */
  advance(nowMs: number): Progress {
    const current = this.#current;
    if (current !== undefined && this.#isAtRest) this.#start(current, nowMs);
    const result = this.#machine.poll(nowMs, nowMs >= (this.awaited?.deadlineMs ?? NEVER));
    if (result.rung) this.#noteRung();
    if (result.stale) this.#countStale();
    return this.#judge(result, nowMs);
  }

  /** Fails the current request at its caller's wish. On the wire it stays as an orphan. */
  abandon(pending: PendingRequest, failure: Failure): void {
    if (pending !== this.#current) throw new Error('bug: abandoned by another than its caller');
    if (this.#machine.cancel()) {
      this.#current = undefined;
      pending.fail(failure);
    } else {
      this.#orphan(pending, failure);
    }
  }

  /**
   * Prepares for a reset of the interface. A request on the wire is lost, and fails; one that was
   * not sent yet is returned, and can be sent afterwards.
   */
  letGo(failure: Failure): PendingRequest | undefined {
    const current = this.#current;
    this.#leftover = false;
    if (!this.#machine.cancel()) this.stop(failure);
    else if (current !== undefined) this.#unsend(current);
    const kept = this.#current;
    this.#current = undefined;
    return kept;
  }

  /** Fails the request for good, even if it is on the wire. */
  stop(failure: Failure): void {
    const current = this.#current;
    if (current === undefined) return;
    if (!this.#machine.cancel()) {
      this.#log.warn(this.#fields(), 'given up on the wire');
      this.#noteRung();
      this.#tellEnd(current);
      this.#numbers.owe(current.seq);
    }
    this.#current = undefined;
    if (!current.settled) current.fail(failure);
  }

  get #isAtRest(): boolean {
    return this.#machine.isIdle && !this.#leftover;
  }

  #start(pending: PendingRequest, nowMs: number): void {
    const { request, seq, deadlineMs, acknowledges, isSeqRung: isRepeat } = pending;
    const { attemptMs } = this.#limits;
    const startByMs = Math.min(deadlineMs, nowMs + attemptMs);
    const patienceMs = this.#patienceMs(pending, nowMs);
    this.#replyWithinMs = patienceMs;
    this.#isCounted = false;
    this.#machine.start({
      ...{ request, seq, startByMs, acknowledges, isRepeat },
      // Without its caller, the request need not have longer than any other.
      get replyWithinMs() {
        return pending.settled ? attemptMs : patienceMs;
      },
    });
  }

  /**
   * The time that the BMC gets to answer: while it is not known how long it takes, and nothing is
   * to be sent again, as long as the caller waits.
   */
  #patienceMs(pending: PendingRequest, nowMs: number): number {
    const { attemptMs, isAssumed, retries } = this.#limits;
    if (!isAssumed || pending.internal || repeatsAfterSilence(pending, retries)) return attemptMs;
    const callerMs = Math.min(pending.deadlineMs - nowMs, UNKNOWN_ATTEMPT_MAX_MS);
    return Math.max(attemptMs, callerMs);
  }

  /** The BMC has the request: from here on its `outcome` is no longer `not-sent`. */
  #noteRung(): void {
    if (this.#current === undefined) return;
    if (!this.#isCounted) this.#statistics.transactions += 1;
    this.#isCounted = true;
    this.#current.rung = true;
    this.#current.isSeqRung = true;
  }

  #judge(result: PollResult, nowMs: number): Progress {
    switch (result.kind) {
      case 'wait':
        if (result.untilMs > nowMs) this.#statistics.shortTimeouts += 1;
        if (result.rung) this.#checkCaller(nowMs);
        return { kind: 'wait', dueMs: result.untilMs };
      case 'idle':
        if (!result.stale) this.#statistics.idles += 1;
        this.#leftover = false;
        return this.#current === undefined ? IDLE : NEXT_ATTEMPT;
      case 'done':
        this.#leftover = result.more;
        return this.#answered(result.reply, nowMs);
      case 'failed':
        return this.#unanswered(result, nowMs);
      case 'broken':
        return { kind: 'broken', cause: result.cause };
    }
  }

  /** Makes a request on the wire an orphan once its caller's deadline has passed. */
  #checkCaller(nowMs: number): void {
    const pending = this.awaited;
    if (pending === undefined || nowMs < pending.deadlineMs) return;
    this.#orphan(pending, lateOnWire(pending.timeoutMs, this.#machine.misfit));
  }

  #orphan(pending: PendingRequest, failure: Failure): void {
    this.#statistics.orphans += 1;
    this.#log.warn(this.#fields(), 'orphan');
    pending.fail(failure);
  }

  #answered(reply: Reply, nowMs: number): Progress {
    const pending = this.#attempted();
    this.#statistics.completeTransactions += 1;
    // Not `nowMs`: a quick answer comes within the poll that wrote the request.
    countLatency(this.#statistics.latency, this.#clock.now() - this.#attemptAtMs);
    this.#tellEnd(pending, reply);
    const { completionCode } = reply;
    const verdict = afterReply(pending, completionCode, this.#circumstances(nowMs));
    if (verdict.kind === 'later') {
      pending[verdict.counter] += 1;
      pending.notBeforeMs = verdict.atMs;
      this.#current = undefined;
      return { kind: 'again', pending, position: 'first', suspicion: undefined };
    }
    if (this.#log !== silentLog) {
      const ms = Math.round(this.#clock.now() - pending.sinceMs);
      this.#log.debug({ ...this.#fields(), completionCode, ms }, 'reply');
    }
    this.#current = undefined;
    const { netFn, cmd } = pending.request;
    const isRestart = completionCode === Completion.OK && restartsBmc(netFn, cmd);
    return { kind: 'answered', pending, reply, suspicion: isRestart ? 'restart' : undefined };
  }

  #unanswered(result: FailedPoll, nowMs: number): Progress {
    const pending = this.#attempted();
    const wasSent = result.reason !== 'notReady';
    if (wasSent) {
      this.#statistics.longTimeouts += 1;
      this.#tellEnd(pending);
      this.#numbers.owe(pending.seq);
    }
    const verdict = afterSilence(pending, result.reason, this.#circumstances(nowMs));
    if (verdict.kind === 'again') {
      this.#attemptAtMs = nowMs;
      // After silence the seq stays, so that the BMC can tell a duplicate (§11.5.1).
      if (verdict.isRepeat) {
        pending.repeats += 1;
        this.#countRepeat();
      }
      return NEXT_ATTEMPT;
    }
    const failure = attemptFailure(result, this.#replyWithinMs);
    const suspicion = this.#suspects(pending, wasSent, nowMs) ? 'silence' : undefined;
    this.#current = undefined;
    if (verdict.kind !== 'anew') return { kind: 'failed', pending, failure, suspicion };
    pending.trouble = failure;
    // A request that was not sent keeps its repeats; one that was sent starts afresh.
    if (wasSent) pending.repeats = 0;
    else this.#unsend(pending);
    return { kind: 'again', pending, position: verdict.position, suspicion };
  }

  /** The request goes back to the queue; the BMC has not had it in this attempt. */
  #unsend(pending: PendingRequest): void {
    if (pending.isSeqRung) pending.keepsSeq = true;
    else this.#numbers.putBack(pending.seq);
  }

  /** A caller's short timeout says nothing of the BMC; a whole attempt without an answer does. */
  #suspects({ internal }: PendingRequest, wasSent: boolean, nowMs: number): boolean {
    return !internal && (wasSent || nowMs >= this.#attemptAtMs + this.#limits.attemptMs);
  }

  /** Tells listeners of the attempt that ends now, unless the BMC never had it. */
  #tellEnd({ request, internal }: PendingRequest, reply?: Reply): void {
    if (!this.#isCounted || !hasTransactionListener()) return;
    const durationMs = this.#clock.now() - this.#attemptAtMs;
    tellTransaction({ device: this.#name, request, isInternal: internal, durationMs }, reply);
  }

  /** The request that an attempt was made for. */
  #attempted(): PendingRequest {
    if (this.#current === undefined) throw new Error('bug: the end of no attempt');
    return this.#current;
  }

  #circumstances(nowMs: number) {
    return { nowMs, bmcRetries: this.#limits.retries };
  }

  #countRepeat(): void {
    this.#statistics.retries += 1;
    this.#log.warn(this.#fields(), 'repeat');
  }

  #countStale(): void {
    this.#statistics.staleReplies += 1;
    this.#log.warn(this.#fields(), 'stale reply');
  }

  #fields(): object {
    const { seq, request } = this.#current ?? {};
    return { seq, netFn: request?.netFn, cmd: request?.cmd };
  }
}
