/**
 * What can go wrong between a host and a BMC, as data: a list of named faults, each at a command or
 * for a while. `FaultyBmc` is a `PortIo` around a simulated BMC that makes them happen. A list can
 * come from a seed, be written down, and be shrunk.
 */

import type { PortIo } from '../port/port.ts';
import { B2H_ATN, B_BUSY, H2B_ATN, SMS_ATN } from './bits.ts';
import { SimBmc } from './bmc.ts';
import { distort } from './distort.ts';
import { EVENT_BUFFER_FULL, OK, SIM_EVENT } from './commands.ts';
import type { Executed, SimOptions, SimResponse } from './options.ts';
import { Rng } from './rng.ts';

/** Faults of the command number `at`, counted from 0 as the BMC takes them. */
export type CommandFault =
  /** The command is forgotten: H2B_ATN is cleared, and nothing comes. */
  | { readonly kind: 'drop'; readonly at: number }
  /** The response comes so much later. */
  | { readonly kind: 'late'; readonly at: number; readonly byMs: number }
  /** The response comes twice. */
  | { readonly kind: 'twice'; readonly at: number }
  /** A response to something nobody asked comes first. */
  | { readonly kind: 'stale'; readonly at: number }
  /** One byte of the response's header is wrong, and the right response never comes. */
  | { readonly kind: 'wrong'; readonly at: number; readonly what: WrongByte }
  /** The command is executed and answered with a code that says the answer is missing, or busy. */
  | { readonly kind: 'code'; readonly at: number; readonly code: number }
  /** The response's length byte is another. */
  | { readonly kind: 'length'; readonly at: number; readonly length: number };

/** Bytes of a response's header, by where they stand behind the length byte. */
export type WrongByte = 'netFn' | 'lun' | 'seq' | 'cmd';

/** Faults of the registers from `fromMs` on, for `forMs`. */
export type RegisterFault =
  /** Every register reads `value`, and writes are lost. */
  | (Spell & { readonly kind: 'floats'; readonly value: 0x00 | 0xff })
  /** B_BUSY reads 1; `flapping`, at every other look. */
  | (Spell & { readonly kind: 'busy'; readonly flapping: boolean })
  /** B2H_ATN reads 1 until it was hit so often; `Infinity` for never. */
  | (Spell & { readonly kind: 'sticky'; readonly hits: number })
  /** A bit of a value read is another, one time in a hundred. */
  | (Spell & { readonly kind: 'flips' })
  /** Every command is forgotten, as while the BMC's firmware starts. */
  | (Spell & { readonly kind: 'deaf' })
  /** H2B_ATN stays 1 and no response shows: the BMC does not take what was rung. */
  | (Spell & { readonly kind: 'untaken' })
  /** H_BUSY is found set once. */
  | (Spell & { readonly kind: 'hostBusy' })
  /** The BMC restarts and forgets everything: at once, or at this byte of the next frame. */
  | (Spell & { readonly kind: 'reset'; readonly atByte?: number })
  /** SMS_ATN reads 1, whatever the host does. */
  | (Spell & { readonly kind: 'stickyAttention' })
  /** The message flags tell of an event, and reading it succeeds, with no data. */
  | (Spell & { readonly kind: 'emptyEvents' })
  /** The message flags tell of an event, and there is always one more. */
  | (Spell & { readonly kind: 'endlessEvents' });

interface Spell {
  readonly fromMs: number;
  readonly forMs: number;
}

export type Fault = CommandFault | RegisterFault;

/** A clock to read; faults wait for nothing. */
type Time = Pick<NonNullable<SimOptions['clock']>, 'now'>;

/** How a {@link FaultyBmc} is made. */
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

  /** What a BMC says of events that it has no end of, or none. */
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

/** Faults under which an honest host sees wrong bits, and may do what the protocol forbids. */
function isDisturbing(kind: Fault['kind']): boolean {
  return ['floats', 'flips', 'reset', 'hostBusy', 'sticky', 'busy', 'untaken'].includes(kind);
}
