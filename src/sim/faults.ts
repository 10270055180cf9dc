/**
 * `FaultyBmc` is a `PortIo` around a simulated BMC that makes faults happen between a host and the
 * BMC: a list of them, each at a command or for a while.
 */

import type { PortIo } from '../port/port.ts';
import { B2H_ATN, B_BUSY, H2B_ATN, SMS_ATN } from './bits.ts';
import { SimBmc } from './bmc.ts';
import { distort } from './distort.ts';
import { EVENT_BUFFER_FULL, OK, SIM_EVENT } from './commands.ts';
import type { Executed, SimResponse } from './command-record.ts';
import type { CommandFault, Fault, RegisterFault } from './fault-kinds.ts';
import type { SimOptions } from './options.ts';
import { Rng } from './rng.ts';

export type { CommandFault, Fault, RegisterFault, WrongByte } from './fault-kinds.ts';

/** A clock to read; faults wait for nothing. */
type Time = Pick<NonNullable<SimOptions['clock']>, 'now'>;

/** Options of a {@link FaultyBmc}. */
export interface FaultyOptions extends SimOptions {
  readonly clock: Time;
  readonly faults: readonly Fault[];
  /** Where the flipped bits come from. */
  readonly seed: number;
}

const NODE_BUSY = 0xc0;

/** Where a frame has its sequence number. */
const SEQ = 2;

const APP = 0x06;
const GET_MESSAGE_FLAGS = 0x31;
const READ_EVENT_MESSAGE_BUFFER = 0x35;

/** A response to a command that the host did not send, under a number that it hardly uses. */
const UNASKED = [0xc4, 0xf5, 0x01, 0x00, 0x66];

const FLIP_PERCENT = 1;

export class FaultyBmc implements PortIo {
  readonly bmc: SimBmc;
  readonly #clock: Time;
  #faults: readonly Fault[];
  readonly #answerFor: SimOptions['answer'];
  readonly #respondTo: SimOptions['respond'];
  readonly #rng: Rng;
  readonly #done = new Set<Fault>();
  readonly #refused = new Set<Executed>();
  #command = -1;
  #looks = 0;
  #hits = 0;
  #rungAtMs = -Infinity;
  #floodAtMs = 0;
  /** Responses kept back until their sequence number is met again. */
  #kept: readonly SimResponse[] = [];
  /** Bytes of the frame that is being written or read. */
  #bytes = 0;
  #resetAtByte: number | undefined;

  constructor(options: FaultyOptions) {
    this.#clock = options.clock;
    this.#faults = options.faults;
    this.#answerFor = options.answer;
    this.#respondTo = options.respond;
    this.#rng = new Rng(options.seed);
    this.bmc = new SimBmc({
      ...options,
      strict: options.strict !== false && !options.faults.some(({ kind }) => isDisturbing(kind)),
      answer: (command) => this.#answer(command),
      respond: (command, honest) => this.#respond(command, honest),
    });
  }

  /** When the last fault of the registers is over. */
  get calmFromMs(): number {
    return this.#faults.reduce(
      (latest, fault) => Math.max(latest, 'fromMs' in fault ? fault.fromMs + fault.forMs : 0),
      0,
    );
  }

  /** Commands the BMC has executed, or may have; those it answered with 0xC0 it has not. */
  get executed(): readonly Executed[] {
    return this.bmc.executed.filter((command) => !this.#refused.has(command));
  }

  inb(port: number): number {
    this.#count(port);
    for (const fault of this.#faults) if (fault.kind === 'flood') this.#flood(fault);
    let value = this.bmc.inb(port);
    for (const fault of this.#current()) value = this.#bend(fault, port, value);
    return value;
  }

  outb(port: number, value: number): void {
    const current = this.#current();
    if (current.some(({ kind }) => kind === 'floats')) return;
    this.#count(port);
    if (port === this.bmc.base && (value & B2H_ATN) !== 0) this.#hits += 1;
    if (port === this.bmc.base && (value & H2B_ATN) !== 0) {
      this.#hits = 0;
      this.#rungAtMs = this.#clock.now();
    }
    this.bmc.outb(port, value);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    for (let index = 0; index < count; index += 1) target[index] = this.inb(port);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    for (let index = 0; index < count; index += 1) this.outb(port, source[index] ?? 0);
  }

  /** A BMC outlives its hosts: the next one finds it as the last one left it. */
  close(): void {
    // Nothing to give back.
  }

  /** Ends all faults for good. */
  calm(): void {
    this.#faults = [];
  }

  /** The faults of the registers that are on now; those that happen once are done here. */
  #current(): readonly RegisterFault[] {
    const nowMs = this.#clock.now();
    const current: RegisterFault[] = [];
    for (const fault of this.#faults) {
      if (!('fromMs' in fault) || nowMs < fault.fromMs) continue;
      if (!this.#done.has(fault)) this.#begin(fault);
      if (nowMs < fault.fromMs + fault.forMs) current.push(fault);
    }
    return current;
  }

  #begin(fault: RegisterFault): void {
    this.#done.add(fault);
    if (fault.kind === 'reset') this.#reset(fault.atByte);
    if (fault.kind === 'hostBusy') this.bmc.leaveHostBusy();
  }

  /** Sends a response that was not asked for when it is due, and the host can take it. */
  #flood({ fromMs, forMs, everyMs }: RegisterFault & { readonly kind: 'flood' }): void {
    const nowMs = this.#clock.now();
    if (nowMs < fromMs || nowMs >= fromMs + forMs) return;
    if (!this.bmc.isAtRest) {
      this.#floodAtMs = nowMs + everyMs;
      return;
    }
    if (nowMs >= this.#floodAtMs) this.bmc.leaveResponse(UNASKED);
  }

  /** Once; in mid-frame when the byte comes. */
  #reset(atByte: number | undefined): void {
    if (atByte === undefined) this.bmc.reset();
    else this.#resetAtByte = atByte;
  }

  /** Every access of BT_CTRL ends a frame, or begins one. */
  #count(port: number): void {
    this.#bytes = port === this.bmc.base ? 0 : this.#bytes + 1;
    if (this.#bytes !== this.#resetAtByte) return;
    this.#resetAtByte = undefined;
    this.bmc.reset();
  }

  #bend(fault: RegisterFault, port: number, value: number): number {
    switch (fault.kind) {
      case 'floats':
        return fault.value;
      case 'flips':
        return this.#rng.chance(FLIP_PERCENT) ? value ^ (1 << this.#rng.integer(0, 7)) : value;
      case 'busy':
        this.#looks += 1;
        return port === this.bmc.base && !(fault.flapping && this.#looks % 2 === 0)
          ? value | B_BUSY
          : value;
      case 'sticky':
        return port === this.bmc.base && this.#hits > 0 && this.#hits < fault.hits
          ? value | B2H_ATN
          : value;
      case 'untaken':
        return port === this.bmc.base && this.#rungAtMs >= fault.fromMs
          ? (value | H2B_ATN) & ~B2H_ATN
          : value;
      case 'stickyAttention':
        return port === this.bmc.base ? value | SMS_ATN : value;
      case 'deaf':
      case 'flood':
      case 'hostBusy':
      case 'reset':
      case 'emptyEvents':
      case 'endlessEvents':
        return value;
    }
  }

  #answer(command: Executed): readonly number[] | 'drop' | undefined {
    this.#command += 1;
    if (this.#current().some(({ kind }) => kind === 'deaf')) return 'drop';
    for (const fault of this.#ofCommand()) {
      if (fault.kind === 'drop') return 'drop';
      if (fault.kind !== 'code') continue;
      if (fault.code === NODE_BUSY) this.#refused.add(command);
      return [fault.code];
    }
    return this.#eventsOf(command) ?? this.#answerFor?.(command);
  }

  /** The answer of a BMC whose events never end, or that has none although its flags say so. */
  #eventsOf({ netFn, cmd }: Executed): readonly number[] | undefined {
    const kinds = this.#current().map(({ kind }) => kind);
    const isEndless = kinds.includes('endlessEvents');
    if (netFn !== APP || !(isEndless || kinds.includes('emptyEvents'))) return undefined;
    if (cmd === GET_MESSAGE_FLAGS) return [OK, EVENT_BUFFER_FULL];
    if (cmd === READ_EVENT_MESSAGE_BUFFER) return isEndless ? [OK, ...SIM_EVENT] : [OK];
    return undefined;
  }

  #respond(command: Executed, honest: SimResponse): readonly SimResponse[] {
    const honestly = this.#respondTo?.(command, honest) ?? [honest];
    const faults = this.#ofCommand();
    const isKept = faults.some(({ kind }) => kind === 'metAgain');
    const [met, rest] = parted(this.#kept, ({ frame }) => frame[SEQ] === command.seq);
    this.#kept = isKept ? [...rest, ...honestly] : rest;
    return [...met, ...faults.reduce(distort, honestly)];
  }

  #ofCommand(): readonly CommandFault[] {
    return this.#faults.filter(
      (fault): fault is CommandFault => 'at' in fault && fault.at === this.#command,
    );
  }
}

/** Splits a list into those that match, and the others. */
function parted<T>(list: readonly T[], matches: (one: T) => boolean): [readonly T[], readonly T[]] {
  return [list.filter(matches), list.filter((one) => !matches(one))];
}

/** Faults under which an honest host sees wrong bits, and may do what the protocol forbids. */
function isDisturbing(kind: Fault['kind']): boolean {
  return ['floats', 'flips', 'reset', 'hostBusy', 'sticky', 'busy', 'untaken'].includes(kind);
}
