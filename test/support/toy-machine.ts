/**
 * The host's side of one transfer of the toy interface: the request is written byte by byte, then
 * the reply is read byte by byte. Before each byte the status register is read, and nothing is
 * written unless the BMC is ready for it.
 *
 * There are no sequence numbers. A late answer reaches no other request all the same: when the time
 * of a request is over, ABORT ends it; and if the BMC takes no byte then, the WRITE_START of the
 * next request does, before anything is read.
 */

import type {
  Attempt,
  Attention,
  FailReason,
  Machine,
  PollResult,
  Presence,
} from '../../src/driver/machine.ts';
import type { PollPolicy } from '../../src/driver/poll-policy.ts';
import type { Reply } from '../../src/ipmi/message.ts';
import { Control, Phase, hasAttention, hasOutput, isPresent, isReady } from './toy-registers.ts';
import type { ToyRegisters } from './toy-registers.ts';

/** So many handshakes are done in one look; the rest follows at the next event-loop turn. */
const HANDSHAKES_MAX = 64;

/** Header and completion code, and the most data that a reply carries. */
const REPLY_BYTES_MIN = 3;
const REPLY_BYTES_MAX = 255;

/** A BMC that takes no ABORT for so long gets a WRITE_START when there is a request. */
const ABORT_MS = 100;

interface Idle {
  readonly name: 'idle';
}

interface Write {
  readonly name: 'write';
  readonly attempt: Attempt;
  readonly bytes: readonly number[];
  /** Time of the first poll. */
  sinceMs: number | undefined;
  /** Control codes and bytes written. */
  written: number;
}

interface Read {
  readonly name: 'read';
  readonly attempt: Attempt;
  /** Time of the first poll after the last byte was written. */
  sinceMs: number | undefined;
  bytes: number[];
}

/** A request that is half written is taken back. */
interface Abort {
  readonly name: 'abort';
  next: Idle | Write;
  sinceMs: number | undefined;
  isTold: boolean;
}

type State = Idle | Write | Read | Abort;

const IDLE: Idle = { name: 'idle' };
const NOTHING: PollResult = { kind: 'idle', rung: false, stale: false };

/** The result of one handshake; `on` means that the next may follow at once. */
type Step = PollResult | 'on';

export class ToyMachine implements Machine {
  readonly misfit = undefined;
  readonly #registers: ToyRegisters;
  readonly #policy: PollPolicy;
  readonly #onAttention: () => void;
  #state: State = IDLE;
  /** The last byte was written within this poll: the BMC's time has not begun. */
  #isRinging = false;
  #isAttention = false;

  constructor(registers: ToyRegisters, policy: PollPolicy, onAttention: () => void) {
    this.#registers = registers;
    this.#policy = policy;
    this.#onAttention = onAttention;
  }

  get isIdle(): boolean {
    return this.#state.name === 'idle';
  }

  start(attempt: Attempt): void {
    this.#state = newWrite(attempt);
  }

  cancel(): boolean {
    const state = this.#state;
    if (state.name === 'read') return false;
    if (state.name === 'abort') state.next = IDLE;
    if (state.name === 'write') this.#state = state.written === 0 ? IDLE : newAbort(IDLE);
    return true;
  }

  quiesce(): void {
    const state = this.#state;
    this.#state = IDLE;
    if (this.#registers.isUntouched) return;
    this.#registers.endTransfer(state.name === 'read' && state.bytes.length > 0);
  }

  reset(): void {
    this.#state = IDLE;
    this.#registers.endTransfer(true);
  }

  attention(): Attention {
    const status = this.#look();
    if (!isPresent(status)) return 'absent';
    return hasAttention(status) ? 'attention' : 'nothing';
  }

  presence(): Presence {
    const status = this.#registers.status();
    const seen = seenIn(status);
    if (isPresent(status)) return { kind: 'present', seen };
    return { kind: status === 0xff ? 'nothing' : 'other', seen };
  }

  poll(nowMs: number): PollResult {
    this.#isRinging = false;
    try {
      for (let count = 0; count < HANDSHAKES_MAX; count += 1) {
        const step = this.#step(nowMs);
        if (step !== 'on') return step;
      }
      return this.#wait(nowMs);
    } catch (cause) {
      return { kind: 'broken', rung: this.#isRung, stale: false, cause };
    }
  }

  get #isRung(): boolean {
    return this.#state.name === 'read';
  }

  #step(nowMs: number): Step {
    const state = this.#state;
    switch (state.name) {
      case 'idle':
        this.#look();
        return NOTHING;
      case 'write':
        return this.#stepWrite(state, nowMs);
      case 'read':
        return this.#stepRead(state, nowMs);
      case 'abort':
        return this.#stepAbort(state, nowMs);
    }
  }

  /** Reads the status register, whatever for, and tells when the attention bit has risen. */
  #look(): number {
    const status = this.#registers.status();
    const wasSet = this.#isAttention;
    this.#isAttention = hasAttention(status);
    if (this.#isAttention && !wasSet) this.#onAttention();
    return status;
  }

  #stepWrite(state: Write, nowMs: number): Step {
    const { attempt, written } = state;
    const status = this.#look();
    if (nowMs >= attempt.startByMs) return this.#fail('notReady', status);
    state.sinceMs ??= nowMs;
    if (!isReady(status)) return this.#waitToWrite(state, nowMs);
    if (written > 0 && this.#registers.phase(status) !== Phase.WRITE) {
      // The BMC has restarted, say, and knows nothing of a request.
      this.#state = newAbort({ ...state, written: 0 });
      return 'on';
    }
    this.#registers.clearOutput(status);
    this.#writeNext(state);
    return 'on';
  }

  #writeNext(state: Write): void {
    const { attempt, bytes, written } = state;
    if (written === 0) this.#registers.control(Control.WRITE_START);
    else if (written === bytes.length) this.#registers.control(Control.WRITE_END);
    else this.#registers.write(bytes[Math.min(written, bytes.length) - 1] ?? 0);
    state.written += 1;
    if (written <= bytes.length) return;
    this.#isRinging = true;
    this.#state = { name: 'read', attempt, sinceMs: undefined, bytes: [] };
  }

  #waitToWrite({ attempt, sinceMs = 0 }: Write, nowMs: number): PollResult {
    return this.#wait(this.#policy.next({ sinceMs, nowMs, deadlineMs: attempt.startByMs }, false));
  }

  #stepRead(state: Read, nowMs: number): Step {
    const status = this.#look();
    if (!this.#isRinging) state.sinceMs ??= nowMs;
    const sinceMs = state.sinceMs ?? nowMs;
    const deadlineMs = sinceMs + state.attempt.replyWithinMs;
    const phase = this.#registers.phase(status);
    if (isReady(status) && phase === Phase.ERROR) return this.#fail('timeout', status);
    if (isReady(status) && hasOutput(status)) {
      if (phase === Phase.IDLE) return this.#finish(state, status, nowMs);
      if (state.bytes.length === REPLY_BYTES_MAX) return this.#fail('garbled', status);
      state.bytes.push(this.#registers.read());
      this.#registers.write(Control.READ);
      return 'on';
    }
    if (nowMs >= deadlineMs) return this.#fail('timeout', status);
    return this.#wait(this.#policy.next({ sinceMs, nowMs, deadlineMs }, false));
  }

  /** The byte behind the last one is there, and the BMC is idle. */
  #finish(state: Read, status: number, nowMs: number): PollResult {
    this.#registers.read();
    const { bytes, attempt } = state;
    if (bytes.length < REPLY_BYTES_MIN) return this.#fail('garbled', status);
    if (!isAnswer(bytes, attempt)) {
      // Of another command: it is dropped, and the time of this one goes on.
      state.bytes = [];
      return { kind: 'wait', rung: true, stale: true, untilMs: nowMs };
    }
    this.#policy.answered(nowMs - (state.sinceMs ?? nowMs));
    this.#state = IDLE;
    return { kind: 'done', rung: true, stale: false, reply: replyOf(bytes), more: false };
  }

  #stepAbort(state: Abort, nowMs: number): Step {
    const status = this.#look();
    const sinceMs = (state.sinceMs ??= nowMs);
    const deadlineMs = sinceMs + ABORT_MS;
    const { next } = state;
    const canSay = isReady(status);
    if (canSay && !state.isTold) {
      this.#registers.clearOutput(status);
      this.#registers.control(Control.ABORT);
      state.isTold = true;
      return 'on';
    }
    if (!canSay && nowMs < deadlineMs) {
      return this.#wait(this.#policy.next({ sinceMs, nowMs, deadlineMs }, false));
    }
    if (canSay) this.#registers.clearOutput(status);
    this.#state = next;
    // A BMC that goes on to refuse is tried ever more rarely, until the time to start is over.
    return next.name === 'idle' ? NOTHING : this.#waitToWrite(next, nowMs);
  }

  #wait(untilMs: number): PollResult {
    return { kind: 'wait', rung: this.#isRung, stale: false, untilMs };
  }

  #fail(reason: FailReason, status: number): PollResult {
    const rung = this.#isRung;
    if (rung || this.#state.name === 'write') this.#registers.endTransfer(true);
    this.#state = IDLE;
    return { kind: 'failed', rung, stale: false, reason, seen: seenIn(status) };
  }
}

function newWrite(attempt: Attempt): Write {
  const { netFn, lun, cmd, data } = attempt.request;
  const bytes = [(netFn << 2) | lun, cmd, ...data];
  return { name: 'write', attempt, bytes, sinceMs: undefined, written: 0 };
}

function newAbort(next: Abort['next']): Abort {
  return { name: 'abort', next, sinceMs: undefined, isTold: false };
}

/** The reply to a command has its network function and one. */
function isAnswer([netFnLun, cmd]: readonly number[], { request }: Attempt): boolean {
  return netFnLun === (((request.netFn | 1) << 2) | request.lun) && cmd === request.cmd;
}

function replyOf([, , completionCode = 0, ...data]: readonly number[]): Reply {
  return { completionCode, data: Uint8Array.from(data) };
}

function seenIn(status: number): string {
  return `the status register reads 0x${status.toString(16)}`;
}
