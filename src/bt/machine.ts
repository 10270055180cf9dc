/**
 * The host side of one BT transaction (IPMI 2.0 §11.6) as a state machine without clock or thread.
 * `poll(nowMs)` reads the registers, does what can be done now, and returns the time to poll again;
 * it never sleeps and never waits. Polling early or twice is harmless.
 *
 * Hardware is never trusted: whatever the registers read, every state is left by its deadline.
 */

import type {
  Attempt,
  Attention,
  Dropped,
  Machine,
  PollResult,
  Presence,
} from '../driver/machine.ts';
import type { Interrupt } from '../driver/interrupt.ts';
import { PollPolicy } from '../driver/poll-policy.ts';
import { hex } from '../errors.ts';
import { Ctrl, ctrlNames, isBt, isFree, isResponse } from './bits.ts';
import { checkEdge } from './edges.ts';
import type { StateName } from './edges.ts';
import {
  FRAME_BYTES_MAX,
  LENGTH_MAX,
  REPLY_LENGTH_MIN,
  decodeDropped,
  decodeReply,
  encodeRequest,
  isAnswer,
  misfit,
} from './frame.ts';
import type { Quirk } from './quirks.ts';
import type { BtRegisters } from './registers.ts';
import { IDLE, deadlineOf, isRepeat, reasonOf, takeByMs, waitClear, waitReply } from './states.ts';
import type { State, WaitClear, WaitReady, WaitReply } from './states.ts';

/** With the quirk, B_BUSY is obeyed for so long. */
const UNDER_BUSY_AFTER_MS = 1000;

/** Timeout for taking a response out of the buffer while there is no request. */
const LEFTOVER_MS = 100;

const NOTHING: PollResult = { kind: 'idle', rung: false, stale: false };
const STALE: PollResult = { kind: 'idle', rung: false, stale: true };

/** Options of a machine. */
export interface MachineOptions {
  readonly quirks?: readonly Quirk[];
  /** Sets the times of polls; without a limit when absent. */
  readonly policy?: PollPolicy;
  /** Makes the driver poll early. */
  readonly interrupt?: Interrupt | undefined;
  /** Called when SMS_ATN has risen, from within a poll: it must not poll again. */
  readonly onAttention?: () => void;
  /** Called with a response that answers no request, from within a poll: it must not poll again. */
  readonly onDropped?: (dropped: Dropped) => void;
  /** Receives every change of state; for recordings, and tests. */
  readonly onEdge?: ((from: StateName, to: StateName) => void) | undefined;
}

export class BtMachine implements Machine {
  readonly #registers: BtRegisters;
  readonly #onAttention: MachineOptions['onAttention'];
  readonly #onDropped: MachineOptions['onDropped'];
  readonly #onEdge: MachineOptions['onEdge'];
  readonly #policy: PollPolicy;
  readonly #interrupt: Interrupt | undefined;
  readonly #writesUnderBusy: boolean;
  readonly #takesLunZero: boolean;
  /** The frame of the attempt. */
  readonly #frame = new Uint8Array(FRAME_BYTES_MAX);
  #frameBytes = 0;
  readonly #body = new Uint8Array(LENGTH_MAX);
  #state: State = IDLE;
  /** SMS_ATN was set at the last read, so that each rise of the bit counts once. */
  #isAttention = false;

  constructor(registers: BtRegisters, options: MachineOptions = {}) {
    const { quirks = [], policy = new PollPolicy(0), onAttention, onEdge } = options;
    this.#registers = registers;
    this.#onAttention = onAttention;
    this.#onDropped = options.onDropped;
    this.#writesUnderBusy = quirks.includes('write-under-busy');
    this.#takesLunZero = quirks.includes('lun-zero-replies');
    this.#policy = policy;
    this.#interrupt = options.interrupt;
    this.#onEdge = onEdge;
  }

  /** The name of the state. */
  get state(): StateName {
    return this.#state.name;
  }

  get misfit(): string | undefined {
    const state = this.#wanted;
    return state.name === 'waitReply' ? state.misfit : undefined;
  }

  get isIdle(): boolean {
    return this.#state.name === 'idle';
  }

  /** True when a request was written and has neither been answered nor timed out. */
  get isOnWire(): boolean {
    return this.#wanted.name === 'waitReply';
  }

  /** The state, but for a response that is being taken: that to which its end leads. */
  get #wanted(): WaitClear['next'] {
    return this.#state.name === 'waitClear' ? this.#state.next : this.#state;
  }

  start(attempt: Attempt): void {
    this.#frameBytes = encodeRequest(attempt.request, attempt.seq, this.#frame);
    this.#enter({ name: 'waitReady', attempt, sinceMs: undefined });
  }

  cancel(): boolean {
    if (this.isOnWire) return false;
    if (this.#state.name === 'waitReady') this.#enter(IDLE);
    // A response that is being taken is taken to its end, and dropped.
    if (this.#state.name === 'waitClear') this.#state.next = IDLE;
    return true;
  }

  quiesce(): void {
    if (this.#state.name !== 'idle') this.#enter(IDLE);
    this.#tellDropped(this.#registers.quiesce(this.#body));
  }

  reset(): void {
    if (this.#state.name !== 'idle') this.#enter(IDLE);
    this.#interrupt?.beforeReset();
    this.#registers.resetInterface();
  }

  attention(): Attention {
    const status = this.#look();
    if (!isBt(status)) return 'absent';
    return (status & Ctrl.SMS_ATN) === 0 ? 'nothing' : 'attention';
  }

  presence(): Presence {
    return this.#registers.presence();
  }

  poll(nowMs: number, isLast = false): PollResult {
    try {
      return this.#poll(nowMs, isLast);
    } catch (cause) {
      return { kind: 'broken', rung: this.isOnWire, stale: false, cause };
    }
  }

  #poll(nowMs: number, isLast: boolean): PollResult {
    const state = this.#state;
    const { notBeforeMs } = this.#policy;
    const isCalled = isLast || this.#interrupt?.isFiring === true;
    if (nowMs < notBeforeMs && !isCalled) return this.#wait(notBeforeMs, false);
    switch (state.name) {
      case 'idle':
        return this.#pollIdle(nowMs);
      case 'waitReady':
        return this.#pollReady(state, nowMs);
      case 'waitReply':
        return this.#pollReply(state, nowMs, false);
      case 'waitClear':
        return this.#pollClear(state, nowMs);
    }
  }

  /** Reads BT_CTRL, and calls back when SMS_ATN has risen. Harmless at any time. */
  #look(): number {
    const status = this.#registers.status();
    const isSet = isBt(status) && (status & Ctrl.SMS_ATN) !== 0;
    const isRisen = isSet && !this.#isAttention;
    this.#isAttention = isSet;
    if (isRisen) {
      this.#interrupt?.found();
      this.#onAttention?.();
    }
    return status;
  }

  #pollIdle(nowMs: number): PollResult {
    const status = this.#look();
    if (!isResponse(status)) return NOTHING;
    return this.#beginTake(waitClear(IDLE, nowMs + LEFTOVER_MS), nowMs, status);
  }

  #pollReady(state: WaitReady, nowMs: number): PollResult {
    const { attempt } = state;
    const status = this.#look();
    state.sinceMs ??= nowMs;
    if (isResponse(status)) {
      // Left by a former owner, or an answer that came after its timeout: take it out first.
      return this.#beginTake(waitClear(state, attempt.startByMs), nowMs, status);
    }
    if (nowMs >= attempt.startByMs) return this.#fail(state, status, false);
    if (!isFree(status) && !this.#mayWriteUnderBusy(status, nowMs - state.sinceMs)) {
      const wait = { sinceMs: state.sinceMs, nowMs, deadlineMs: attempt.startByMs };
      return this.#wait(this.#policy.next(wait, false), false);
    }

    this.#registers.setHostBusy(false, status);
    this.#interrupt?.beforeRing();
    if (attempt.acknowledges === true) this.#acknowledge();
    const rung = waitReply(attempt);
    this.#registers.writeFrame(this.#frame, this.#frameBytes);
    this.#enter(rung);
    return this.#pollReply(rung, nowMs, true);
  }

  #pollReply(state: WaitReply, nowMs: number, isRinging: boolean): PollResult {
    const looks = isRinging ? this.#policy.quickLooks : 1;
    let status = this.#look();
    for (let look = 1; look < looks && !isResponse(status); look += 1) status = this.#look();

    // The first poll after the one that wrote the request starts the timeout: the process may have
    // been stopped between reading the time and the write, and the BMC must get all of its time.
    if (!isRinging) state.sinceMs ??= nowMs;
    if (isResponse(status)) {
      return this.#beginTake(waitClear(state, takeByMs(state, nowMs)), nowMs, status);
    }
    // A misread of H_BUSY may have made a write toggle it to 1, and the BMC waits until it is 0.
    if (isBt(status)) this.#registers.setHostBusy(false, status);
    const deadlineMs = deadlineOf(state, nowMs);
    if (nowMs >= deadlineMs) return this.#fail(state, status, false);
    return this.#wait(this.#nextLookMs(state, nowMs, this.#interrupt?.isTrusted === true), false);
  }

  /** The time of the next poll of a wait for the reply; `isAssisted` as the policy has it. */
  #nextLookMs(state: WaitReply, nowMs: number, isAssisted: boolean): number {
    const deadlineMs = deadlineOf(state, nowMs);
    if (state.overtimeEndsMs !== undefined) return this.#policy.settle(nowMs, deadlineMs);
    return this.#policy.next({ sinceMs: state.sinceMs ?? nowMs, nowMs, deadlineMs }, isAssisted);
  }

  #beginTake(state: WaitClear, nowMs: number, status: number): PollResult {
    this.#enter(state);
    this.#policy.release();
    this.#registers.setHostBusy(true, status);
    return this.#take(state, nowMs);
  }

  #pollClear(state: WaitClear, nowMs: number): PollResult {
    // A BMC that was reset meanwhile has cleared H_BUSY.
    this.#registers.setHostBusy(true, this.#look());
    return this.#take(state, nowMs);
  }

  #take(state: WaitClear, nowMs: number): PollResult {
    if (!this.#registers.clearAttention()) return this.#stillSet(state, nowMs);

    const length = this.#registers.takeFrame(this.#body);
    // The next response or SMS_ATN may have come while H_BUSY was set, without an interrupt.
    const more = isResponse(this.#look());
    if (length >= REPLY_LENGTH_MIN && this.#isAwaited(state)) {
      this.#noteAnswer(state, nowMs);
      // The reply to an earlier attempt may come before this one is handed over.
      const rung = state.next.name === 'waitReply';
      this.#enter(IDLE);
      const reply = decodeReply(this.#body, length);
      return { kind: 'done', rung, stale: false, reply, more };
    }
    return this.#drop(state, nowMs, length);
  }

  /** True when the frame taken answers the request of the attempt. */
  #isAwaited({ next }: WaitClear): boolean {
    const isRung = next.name === 'waitReply' || (next.name === 'waitReady' && isRepeat(next));
    // QUIRK(lun-zero-replies): ipmi_sim, and firmware like it, answers a request to any LUN with
    // LUN 0. Never by default: the LUN of a reply is that of its request (§11.5.2).
    return isRung && isAnswer(this.#body, this.#frame, this.#takesLunZero);
  }

  #noteAnswer({ next }: WaitClear, nowMs: number): void {
    this.#interrupt?.found();
    // The time of a reply to an earlier attempt is not known.
    if (next.name !== 'waitReply') return;
    const { sinceMs = nowMs } = next;
    this.#policy.answered(nowMs - sinceMs);
    this.#interrupt?.replied(nowMs - sinceMs);
  }

  /** Goes on after a frame that answers nothing; not beyond the deadline, or such frames decide. */
  #drop({ next, deadlineMs }: WaitClear, nowMs: number, length: number): PollResult {
    if (next.name === 'waitReply') {
      if (length < REPLY_LENGTH_MIN) next.garbled = true;
      else next.misfit ??= misfit(this.#body, this.#frame);
    }
    this.#tellDropped(length);
    if (nowMs >= deadlineMs && next.name !== 'idle') return this.#fail(next, this.#look(), true);
    this.#enter(next);
    if (next.name === 'idle') {
      // The answer to a request that was given up, say: one for each look.
      this.#interrupt?.found();
      return STALE;
    }
    // As after any look that brought nothing: the BMC may send such frames without end.
    if (next.name === 'waitReply') return this.#wait(this.#nextLookMs(next, nowMs, false), true);
    const { sinceMs = nowMs } = next;
    return this.#wait(this.#policy.next({ sinceMs, nowMs, deadlineMs }, false), true);
  }

  /** Tells of a response that answers no request of this process. */
  #tellDropped(length: number): void {
    if (length < REPLY_LENGTH_MIN) return;
    this.#onDropped?.(decodeDropped(this.#body, length));
  }

  #stillSet({ next, deadlineMs }: WaitClear, nowMs: number): PollResult {
    if (nowMs < deadlineMs) return this.#wait(this.#policy.settle(nowMs, deadlineMs), false);
    const status = this.#look();
    this.#registers.setHostBusy(false, status);
    if (next.name !== 'idle') return this.#fail(next, status, false);
    this.#enter(IDLE);
    return NOTHING;
  }

  // QUIRK(write-under-busy): QEMU keeps B_BUSY set for ever after a malformed frame, which a host
  // that dies may leave; only the next frame clears it. Never by default: a frame must not be
  // written while the BMC is busy (§11.6.1).
  #mayWriteUnderBusy(status: number, waitedMs: number): boolean {
    if (!this.#writesUnderBusy || waitedMs < UNDER_BUSY_AFTER_MS) return false;
    return isBt(status) && (status & Ctrl.H2B_ATN) === 0;
  }

  /** Clears SMS_ATN, right before the BMC is asked for the reason. */
  #acknowledge(): void {
    if (this.#isAttention) this.#registers.clearSmsAttention();
    this.#look();
  }

  #wait(untilMs: number, stale: boolean): PollResult {
    return { kind: 'wait', rung: this.isOnWire, stale, untilMs };
  }

  #fail(state: WaitReady | WaitReply, status: number, stale: boolean): PollResult {
    const reason = reasonOf(state);
    const came = state.name === 'waitReply' && reason === 'misfit' ? `${state.misfit ?? ''}; ` : '';
    this.#enter(IDLE);
    const bits = ctrlNames(status);
    const seen = `${came}BT_CTRL reads ${hex(status)}${bits === '' ? '' : ` ${bits}`}`;
    return { kind: 'failed', rung: reason !== 'notReady', stale, reason, seen };
  }

  /** The only place that changes the state. */
  #enter(state: State): void {
    checkEdge(this.#state.name, state.name);
    this.#onEdge?.(this.#state.name, state.name);
    this.#state = state;
  }
}
