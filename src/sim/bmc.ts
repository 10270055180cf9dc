/**
 * A simulated BMC behind the three BT registers, true to the register: toggles toggle, write-1 bits
 * clear, pointers reset. It spells its own bits, so that a wrong one in the driver is two
 * spellings that disagree, and throws at a host that breaks the protocol. It has no timers: what a
 * BMC would have done by now is worked out at each access.
 */

import type { PortIo } from '../port/port.ts';
import { execute, newSimState } from './commands.ts';
import type { SimState } from './commands.ts';
import type { Executed, SimOptions } from './options.ts';

export type { Executed, SimOptions, SimResponse } from './options.ts';

const B_BUSY = 1 << 7;
const H_BUSY = 1 << 6;
const OEM0 = 1 << 5;
const SMS_ATN = 1 << 4;
const B2H_ATN = 1 << 3;
const H2B_ATN = 1 << 2;
const CLR_RD_PTR = 1 << 1;
const CLR_WR_PTR = 1 << 0;

const HWRST = 1 << 7;
const INTMASK_RESERVED = 3 << 5;
const IRQ_PENDING = 1 << 1;
const IRQ_ENABLE = 1 << 0;

const FLOATING = 0xff;

/** Most bytes the length byte can count. */
const LENGTH_MAX = 255;

interface Answer {
  readonly atMs: number;
  readonly frame: Uint8Array;
}

/** A host that never heard of our response time gives up after 5 s and 1 s of grace. */
const HOST_PATIENCE_MS = 6000;

const EMPTY = new Uint8Array(0);

export class SimBmc implements PortIo {
  readonly base: number;
  /** Every command executed, in order. */
  readonly executed: Executed[] = [];
  /** What the host did against the protocol; each was thrown at it as well. */
  readonly violations: string[] = [];
  /** Register writes so far, each byte of a block counted. */
  writes = 0;
  readonly #spacing: number;
  readonly #now: () => number;
  readonly #responseMs: (command: Executed) => number;
  readonly #answerFor: NonNullable<SimOptions['answer']>;
  readonly #state: SimState;
  #ctrl = 0;
  #intMask = 0;
  #host2bmc: number[] = [];
  #pointerCleared = false;
  #bmc2host: Uint8Array = EMPTY;
  #readAt = 0;
  #answers: Answer[] = [];
  /** Until then the BMC works on the last command and B_BUSY is set, where it shows that. */
  #busyUntilMs = 0;
  /** Until then the last command is open: the host must not start another. */
  #openUntilMs = 0;
  #lastSeq: number | undefined;
  readonly #showsBusy: boolean;
  readonly #respond: NonNullable<SimOptions['respond']>;
  readonly #strict: boolean;
  #closed = false;

  constructor(options: SimOptions = {}) {
    const { clock, responseMs = 0 } = options;
    this.base = options.base ?? 0xce4;
    this.#spacing = options.spacing ?? 1;
    this.#now = () => clock?.now() ?? 0;
    this.#responseMs = typeof responseMs === 'number' ? () => responseMs : responseMs;
    this.#answerFor = options.answer ?? (() => undefined);
    this.#respond = options.respond ?? ((_, honest) => [honest]);
    this.#strict = options.strict ?? true;
    this.#showsBusy = options.showsBusy ?? true;
    this.#state = newSimState(options.capabilities ?? [1, 0xff, 0xff, 10, 0]);
    if (clock === undefined && responseMs !== 0) throw new TypeError('responseMs needs a clock');
  }

  inb(port: number): number {
    this.#advance();
    switch (this.#register(port)) {
      case 0:
        return this.#ctrl;
      case 1:
        return this.#readFifo();
      case 2:
        return this.#intMask;
      case undefined:
        return FLOATING;
    }
  }

  outb(port: number, value: number): void {
    this.writes += 1;
    this.#advance();
    switch (this.#register(port)) {
      case 0:
        this.#writeCtrl(value);
        break;
      case 1:
        this.#writeFifo(value);
        break;
      case 2:
        this.#writeIntMask(value);
        break;
      case undefined:
        this.#violation(`write to port 0x${port.toString(16)}, which is no BT register`);
    }
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    for (let index = 0; index < count; index += 1) target[index] = this.inb(port);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    for (let index = 0; index < count; index += 1) this.outb(port, source[index] ?? 0);
  }

  close(): void {
    this.#closed = true;
  }

  /** Raises SMS_ATN, as for an event or message. */
  raiseSmsAttention(): void {
    this.#attention(SMS_ATN);
  }

  /**
   * Puts a response into the buffer that nobody asked for (`body` is what the length byte counts):
   * what a former host, or a confused BMC, leaves behind.
   */
  leaveResponse(body: readonly number[]): void {
    this.#post(frameOf(body));
  }

  /** Sets H_BUSY, as a host leaves it that died while reading. */
  leaveHostBusy(): void {
    this.#ctrl |= H_BUSY;
  }

  /** The BMC restarts: what it was told, what it had to say and what its registers held is gone. */
  reset(): void {
    this.#ctrl = 0;
    this.#intMask = 0;
    this.#host2bmc = [];
    this.#pointerCleared = false;
    this.#answers = [];
    this.#busyUntilMs = 0;
    this.#openUntilMs = 0;
    this.#bmc2host = EMPTY;
  }

  /**
   * Throws unless the host has left the interface quiet, as of its last access: H_BUSY and B2H_ATN
   * 0, no byte without H2B_ATN, interrupts as found, no protocol violation. The answer to a command
   * still on the wire may come later.
   */
  assertQuiet(): void {
    const faults = [...this.violations];
    if ((this.#ctrl & H_BUSY) !== 0) faults.push('H_BUSY is set');
    if ((this.#ctrl & B2H_ATN) !== 0) faults.push('B2H_ATN is set');
    if (this.#host2bmc.length > 0) faults.push('bytes in HOST2BMC without H2B_ATN');
    if (this.#intMask !== 0) faults.push('BT_INTMASK is not as it was found');
    if (faults.length > 0) throw new Error(`the interface is not quiet: ${faults.join('; ')}`);
  }

  #register(port: number): 0 | 1 | 2 | undefined {
    if (this.#closed) throw new Error('port I/O after close()');
    const register = (port - this.base) / this.#spacing;
    return register === 0 || register === 1 || register === 2 ? register : undefined;
  }

  /** Does what the BMC has had time for. It waits until the host is done with the last response. */
  #advance(): void {
    const nowMs = this.#now();
    if (nowMs >= this.#busyUntilMs) this.#ctrl &= ~B_BUSY;
    if (this.#answers.length === 0 || (this.#ctrl & (H_BUSY | B2H_ATN)) !== 0) return;
    const due = this.#answers.find(({ atMs }) => atMs <= nowMs);
    if (due === undefined) return;
    this.#answers = this.#answers.filter((answer) => answer !== due);
    // A repeat has the seq of the first try: whichever is answered first ends it for the host.
    if (due.frame[2] === this.#lastSeq) this.#openUntilMs = nowMs;
    this.#post(due.frame);
  }

  #post(frame: Uint8Array): void {
    this.#bmc2host = frame;
    this.#readAt = 0;
    this.#attention(B2H_ATN);
  }

  /** Raises an attention bit; an interrupt goes with it where the host enabled one. */
  #attention(bit: number): void {
    if ((this.#ctrl & bit) === 0 && (this.#intMask & IRQ_ENABLE) !== 0) {
      this.#intMask |= IRQ_PENDING;
    }
    this.#ctrl |= bit;
  }

  #readFifo(): number {
    if ((this.#ctrl & H_BUSY) === 0) this.#violation('BMC2HOST read without H_BUSY');
    if ((this.#ctrl & B2H_ATN) !== 0) this.#violation('BMC2HOST read before B2H_ATN was cleared');
    const value = this.#bmc2host[this.#readAt] ?? FLOATING;
    this.#readAt += 1;
    return value;
  }

  #writeFifo(value: number): void {
    if ((this.#ctrl & (B_BUSY | H2B_ATN)) !== 0) this.#violation('HOST2BMC written under B_BUSY');
    if (!this.#pointerCleared) this.#violation('HOST2BMC written without CLR_WR_PTR');
    this.#host2bmc.push(value);
  }

  #writeCtrl(value: number): void {
    if ((value & OEM0) !== 0) this.#violation('OEM0 written');
    if ((value & CLR_WR_PTR) !== 0) {
      this.#host2bmc = [];
      this.#pointerCleared = true;
    }
    if ((value & CLR_RD_PTR) !== 0) this.#readAt = 0;
    this.#ctrl &= ~(value & (B2H_ATN | SMS_ATN));
    if ((value & H_BUSY) !== 0) this.#ctrl ^= H_BUSY;
    if ((value & H2B_ATN) !== 0) this.#take();
  }

  #writeIntMask(value: number): void {
    if ((value & INTMASK_RESERVED) !== 0) this.#violation('reserved BT_INTMASK bits written');
    if ((value & HWRST) !== 0) this.#violation('BMC_HWRST written: nobody asked for a reset');
    const pending = this.#intMask & IRQ_PENDING & ~value;
    this.#intMask = pending | (value & IRQ_ENABLE);
  }

  /** H2B_ATN was rung: takes the request and sees to its answer. */
  #take(): void {
    const [length = 0, netFnLun = 0, seq = 0, cmd = 0, ...data] = this.#host2bmc;
    if ((this.#ctrl & H_BUSY) !== 0) this.#violation('H2B_ATN rung while H_BUSY is set');
    if (this.#now() < this.#openUntilMs) this.#violation('a command starts while another is open');
    if (this.#host2bmc.length < 4 || length !== this.#host2bmc.length - 1) {
      this.#violation(`length byte ${length} for ${this.#host2bmc.length - 1} bytes`);
    }
    this.#host2bmc = [];
    this.#pointerCleared = false;

    const netFn = netFnLun >> 2;
    const lun = netFnLun & 3;
    const atMs = this.#now();
    const command = { netFn, lun, seq, cmd, data: Uint8Array.from(data), atMs };
    this.executed.push(command);
    this.#answer(command, this.#answerFor(command) ?? execute(command, command.data, this.#state));
    this.#advance();
  }

  #answer(command: Executed, reply: readonly number[] | 'drop'): void {
    if (reply === 'drop') return;
    const { netFn, lun, seq, cmd, atMs } = command;
    const body = [((netFn | 1) << 2) | lun, seq, cmd, ...reply].slice(0, LENGTH_MAX);
    const honest = { afterMs: this.#responseMs(command), frame: frameOf(body) };
    const responses = this.#respond(command, honest);
    this.#answers.push(...responses.map(({ afterMs, frame }) => ({ atMs: atMs + afterMs, frame })));

    this.#lastSeq = seq;
    const [first] = responses;
    if (first === undefined) return;
    this.#openUntilMs = atMs + Math.min(first.afterMs, HOST_PATIENCE_MS);
    if (!this.#showsBusy) return;
    this.#busyUntilMs = atMs + first.afterMs;
    this.#ctrl |= B_BUSY;
  }

  #violation(what: string): void {
    if (!this.#strict) return;
    this.violations.push(what);
    throw new Error(`BT protocol violation by the host: ${what}`);
  }
}

function frameOf(body: readonly number[]): Uint8Array {
  return Uint8Array.of(body.length, ...body);
}
