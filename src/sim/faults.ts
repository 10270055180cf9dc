/**
 * `FaultyBmc` is a `PortIo` around a simulated BMC that makes faults happen between a host and the
 * BMC: a list of them, each at a command or for a while.
 */

import type { PortIo } from '../port/port.ts';
import { amount, anArray } from '../option-table.ts';
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

const APP = 0x06;
const GET_MESSAGE_FLAGS = 0x31;
const READ_EVENT_MESSAGE_BUFFER = 0x35;

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
  /** Bytes of the frame that is being written or read. */
  #bytes = 0;
  #resetAtByte: number | undefined;

  constructor(options: FaultyOptions) {
    this.#clock = options.clock;
    this.#faults = options.faults;
    this.#answerFor = options.answer;
    this.#respondTo = options.respond;
    this.#rng = new Rng(options.seed);
    const { faults, seed, ...simOptions } = options;
    checkFaults(faults, seed);
    this.bmc = new SimBmc({
      ...simOptions,
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
    const responses = this.#respondTo?.(command, honest) ?? [honest];
    return this.#ofCommand().reduce(distort, responses);
  }

  #ofCommand(): readonly CommandFault[] {
    return this.#faults.filter(
      (fault): fault is CommandFault => 'at' in fault && fault.at === this.#command,
    );
  }
}

function checkFaults(faults: unknown, seed: unknown): void {
  anArray('faults', faults);
  amount('seed', seed);
}

/** Faults under which an honest host sees wrong bits, and may do what the protocol forbids. */
function isDisturbing(kind: Fault['kind']): boolean {
  return ['floats', 'flips', 'reset', 'hostBusy', 'sticky', 'busy', 'untaken'].includes(kind);
}
