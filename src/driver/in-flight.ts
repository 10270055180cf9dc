/**
 * Carries one request at a time to the BMC and its reply back, over as many attempts as that takes.
 * A caller who goes leaves an orphan behind: its frame stays on the wire until it is answered or
 * its time is over, and no other frame is written meanwhile.
 */

import type { Clock } from '../clock.ts';
import { Completion } from '../ipmi/completion.ts';
import { restartsBmc } from '../ipmi/commands.ts';
import { silentLog } from '../log.ts';
import type { Log } from '../log.ts';
import { attemptFailure, lateOnWire } from './failure.ts';
import type { Failure } from './failure.ts';
import type { Reply } from '../ipmi/message.ts';
import type { Limits } from './limits.ts';
import { countLatency } from './latency.ts';
import { AT_ONCE, NEVER } from './loop.ts';
import type { BtMachine } from '../bt/machine.ts';
import type { PollResult } from './machine.ts';
import type { Statistics } from './statistics.ts';
import type { PendingRequest } from './pending-request.ts';
import { afterReply, afterSilence } from './verdict.ts';

/** What an exchange is made of. */
export interface InFlightParts {
  readonly machine: BtMachine;
  readonly clock: Clock;
  readonly log: Log;
  readonly statistics: Statistics;
  readonly limits: Limits;
  /** First sequence number; random, so that a former process's late replies are not ours. */
  readonly firstSeq: number;
}

/** Who is told when an attempt brought no answer. */
export interface InFlightEvents {
  /** The request waits for its turn again. */
  readonly putBack: (pending: PendingRequest, place: 'first' | 'last') => void;
  /** The BMC was silent for all the time an attempt has. */
  readonly silenced: () => void;
  /** The BMC has taken a command that makes it restart. */
  readonly restarted: () => void;
}

export class InFlight {
  readonly #machine: BtMachine;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #statistics: Statistics;
  readonly #events: InFlightEvents;
  #limits: Limits;
  #lastSeq: number;
  #current: PendingRequest | undefined;
  /** When the current attempt began. */
  #attemptAtMs = 0;
  /** A further response was seen behind the last one: take it out before going idle. */
  #leftover = false;
  #stalesTold = 0;

  constructor(parts: InFlightParts, events: InFlightEvents) {
    this.#machine = parts.machine;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#statistics = parts.statistics;
    this.#limits = parts.limits;
    this.#lastSeq = parts.firstSeq - 1;
    this.#events = events;
  }

  get limits(): Limits {
    return this.#limits;
  }

  /** Attempts that begin from now on go by these. */
  adopt(limits: Limits): void {
    this.#limits = limits;
  }

  /** Whether {@link begin} may be called: no request, nothing on the wire or in the buffer. */
  get isFree(): boolean {
    return this.#current === undefined && this.#isAtRest;
  }

  /** The request's caller, if there is one still. */
  get awaited(): PendingRequest | undefined {
    return this.#current?.settled === false ? this.#current : undefined;
  }

  /** Takes on a request; the next {@link advance} sends it. */
  begin(pending: PendingRequest, nowMs: number): void {
    this.#current = pending;
    this.#attemptAtMs = nowMs;
    // After an answer a repeat is a new request: a BMC may replay its answer to an old seq.
    if (pending.keepsSeq) {
      pending.keepsSeq = false;
      return;
    }
    pending.seq = this.#nextSeq();
    if (pending.rung) this.#countRepeat();
  }

  /** The only caller of `machine.poll`. Returns when to call again, `NEVER` when all is done. */
  advance(nowMs: number): number {
    const current = this.#current;
    if (current !== undefined && this.#isAtRest) this.#start(current, nowMs);
    const result = this.#machine.poll(nowMs, nowMs >= (this.awaited?.deadlineMs ?? NEVER));
    if (this.#statistics.staleReplies !== this.#stalesTold) this.#tellStale();
    return this.#act(result, nowMs);
  }

  /** The current request's caller goes. What is on the wire stays there, as an orphan. */
  abandon(pending: PendingRequest, failure: Failure): void {
    if (pending !== this.#current) throw new Error('bug: abandoned by a stranger');
    if (this.#machine.cancel()) {
      this.#current = undefined;
      pending.fail(failure);
    } else {
      this.#orphan(pending, failure);
    }
  }

  /** The interface is about to be reset: what is on the wire is lost, what is not can wait. */
  letGo(failure: Failure): void {
    const current = this.#current;
    this.#leftover = false;
    if (current === undefined) return;
    if (this.#machine.onWire) {
      this.stop(failure);
    } else {
      this.#machine.cancel();
      current.keepsSeq = true;
      this.#putBack(current, 'first');
    }
  }

  /** Ends it for good, whatever is on the wire. */
  stop(failure: Failure): void {
    const current = this.#current;
    if (current === undefined) return;
    if (this.#machine.onWire) {
      this.#log.warn(this.#fields(), 'given up on the wire');
      current.rung = true;
    }
    this.#current = undefined;
    if (!current.settled) current.fail(failure);
  }

  get #isAtRest(): boolean {
    return this.#machine.state === 'idle' && !this.#leftover;
  }

  #nextSeq(): number {
    this.#lastSeq = (this.#lastSeq + 1) & 0xff;
    return this.#lastSeq;
  }

  #start(pending: PendingRequest, nowMs: number): void {
    const { request, seq, deadlineMs, acknowledges } = pending;
    const { attemptMs } = this.#limits;
    const startByMs = Math.min(deadlineMs, nowMs + attemptMs);
    this.#machine.start({ request, seq, startByMs, replyWithinMs: attemptMs, acknowledges });
  }

  #act(result: PollResult, nowMs: number): number {
    switch (result.kind) {
      case 'wait':
        if (result.untilMs > nowMs) this.#statistics.shortTimeouts += 1;
        this.#stillWaiting(nowMs);
        return result.untilMs;
      case 'idle':
        this.#leftover = false;
        break;
      case 'done':
        this.#leftover = result.more;
        this.#answered(result.reply, nowMs);
        break;
      case 'failed':
        this.#unanswered(result, nowMs);
        break;
    }
    return this.#leftover || this.#current !== undefined ? AT_ONCE : NEVER;
  }

  #stillWaiting(nowMs: number): void {
    const pending = this.#current;
    if (pending === undefined || !this.#machine.onWire) return;
    pending.rung = true;
    if (pending.settled || nowMs < pending.deadlineMs) return;
    this.#orphan(pending, lateOnWire(pending.timeoutMs));
  }

  #orphan(pending: PendingRequest, failure: Failure): void {
    this.#statistics.orphans += 1;
    this.#log.warn(this.#fields(), 'orphan');
    pending.fail(failure);
  }

  #answered(reply: Reply, nowMs: number): void {
    const pending = this.#attempted();
    pending.rung = true;
    this.#statistics.completeTransactions += 1;
    // Not `nowMs`: a quick answer came within the look that rang for it.
    countLatency(this.#statistics.latency, this.#clock.now() - this.#attemptAtMs);
    const { completionCode } = reply;
    const verdict = afterReply(pending, completionCode, this.#circumstances(nowMs));
    if (verdict.kind === 'later') {
      pending[verdict.counter] += 1;
      pending.notBeforeMs = verdict.atMs;
      this.#putBack(pending, 'first');
      return;
    }
    if (this.#log !== silentLog) {
      const ms = Math.round(this.#clock.now() - pending.sinceMs);
      this.#log.debug({ ...this.#fields(), completionCode, ms }, 'reply');
    }
    this.#current = undefined;
    const { netFn, cmd } = pending.request;
    if (completionCode === Completion.OK && restartsBmc(netFn, cmd)) this.#events.restarted();
    if (!pending.settled) pending.resolve(reply);
  }

  #unanswered(result: PollResult & { kind: 'failed' }, nowMs: number): void {
    const pending = this.#attempted();
    if (result.reason !== 'notReady') {
      pending.rung = true;
      this.#statistics.longTimeouts += 1;
    }
    const verdict = afterSilence(pending, result.reason, this.#circumstances(nowMs));
    if (verdict.kind === 'again') {
      this.#attemptAtMs = nowMs;
      if (!verdict.isRepeat) return;
      // After silence the seq stays, so that the BMC can tell a duplicate (§11.5.1).
      pending.repeats += 1;
      this.#countRepeat();
      return;
    }
    if (verdict.kind === 'anew') {
      pending.trouble = attemptFailure(result);
      // What was not sent goes on where it was; else it begins anew.
      pending.keepsSeq = result.reason === 'notReady';
      if (result.reason !== 'notReady') pending.repeats = 0;
      this.#putBack(pending, verdict.place);
    } else {
      if (!pending.settled) pending.fail(attemptFailure(result));
      this.#current = undefined;
    }
    if (!pending.internal && this.#isSilence(result, nowMs)) this.#events.silenced();
  }

  /** An impatient caller's end is not the end of the BMC's time. */
  #isSilence({ reason }: PollResult & { kind: 'failed' }, nowMs: number): boolean {
    return reason !== 'notReady' || nowMs >= this.#attemptAtMs + this.#limits.attemptMs;
  }

  /** The current transaction, an attempt of which is over. */
  #attempted(): PendingRequest {
    if (this.#current === undefined) throw new Error('bug: the end of no attempt');
    return this.#current;
  }

  #circumstances(nowMs: number) {
    return { nowMs, bmcRetries: this.#limits.retries };
  }

  #putBack(pending: PendingRequest, place: 'first' | 'last'): void {
    this.#current = undefined;
    this.#events.putBack(pending, place);
  }

  #countRepeat(): void {
    this.#statistics.retries += 1;
    this.#log.warn(this.#fields(), 'repeat');
  }

  #tellStale(): void {
    this.#stalesTold = this.#statistics.staleReplies;
    this.#log.warn(this.#fields(), 'stale reply');
  }

  #fields(): object {
    const { seq, request } = this.#current ?? {};
    return { seq, netFn: request?.netFn, cmd: request?.cmd };
  }
}
