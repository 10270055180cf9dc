/**
 * Makes faults happen between a host and a simulated BMC: a list of them, each at a command or for
 * a while. Faults can be added while the BMC runs.
 */

import { B2H_ATN, B_BUSY, H2B_ATN, SMS_ATN } from './bits.ts';
import { NODE_BUSY, OK } from './command-record.ts';
import { SIM_EVENT } from './commands.ts';
import { EVENT_BUFFER_FULL } from './messages.ts';
import type { Executed, SimResponse } from './command-record.ts';
import { distort } from './distort.ts';
import type { CommandFault, Fault, RegisterFault } from './fault-kinds.ts';
import { Rng } from './rng.ts';

/** The BMC that has the faults. */
export interface Disturbed {
  readonly base: number;
  reset(): void;
  leaveHostBusy(): void;
  leaveResponse(body: readonly number[]): void;
  /** The host has taken the last response, and does not take one now. */
  readonly isAtRest: boolean;
}

export interface DisturbanceOptions {
  readonly clock: { now(): number };
  readonly faults: readonly Fault[];
  /** Where the flipped bits come from. */
  readonly seed: number;
}

/** Where a frame has its sequence number. */
const SEQ = 2;

const APP = 0x06;
const GET_MESSAGE_FLAGS = 0x31;
const READ_EVENT_MESSAGE_BUFFER = 0x35;

/** A response to a command that no host sends. */
const UNASKED = [0xc4, 0xf5, 0x7e, 0x00, 0x66];

const FLIP_PERCENT = 1;

export class Disturbance {
  readonly #bmc: Disturbed;
  readonly #clock: DisturbanceOptions['clock'];
  #faults: readonly Fault[];
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

  constructor(bmc: Disturbed, { clock, faults, seed }: DisturbanceOptions) {
    this.#bmc = bmc;
    this.#clock = clock;
    this.#faults = faults;
    this.#rng = new Rng(seed);
  }

  /** When the last fault of the registers is over. */
  get calmFromMs(): number {
    return this.#faults.reduce(
      (latest, fault) => Math.max(latest, 'fromMs' in fault ? fault.fromMs + fault.forMs : 0),
      0,
    );
  }

  /** Number of commands that the BMC has taken; faults of commands count from here. */
  get taken(): number {
    return this.#command + 1;
  }

  /** True for a command that was answered with 0xC0, and so was not executed. */
  isRefused(command: Executed): boolean {
    return this.#refused.has(command);
  }

  add(faults: readonly Fault[]): void {
    this.#faults = [...this.#faults, ...faults];
  }

  /** Ends all faults for good. */
  calm(): void {
    this.#faults = [];
  }

  /** A read of the host, which `read` carries out. */
  inb(port: number, read: () => number): number {
    this.#count(port);
    for (const fault of this.#faults) if (fault.kind === 'flood') this.#flood(fault);
    let value = read();
    for (const fault of this.#current()) value = this.#bend(fault, port, value);
    return value;
  }

  /** A write of the host, which `write` carries out. */
  outb(port: number, value: number, write: () => void): void {
    const current = this.#current();
    if (current.some(({ kind }) => kind === 'floats')) return;
    this.#count(port);
    if (port === this.#bmc.base && (value & B2H_ATN) !== 0) this.#hits += 1;
    if (port === this.#bmc.base && (value & H2B_ATN) !== 0) {
      this.#hits = 0;
      this.#rungAtMs = this.#clock.now();
    }
    write();
  }

  /** The answer in place of the BMC's own, if a fault has one; to be asked once a command. */
  answer(command: Executed): readonly number[] | 'drop' | undefined {
    this.#command += 1;
    if (this.#current().some(({ kind }) => kind === 'deaf')) return 'drop';
    for (const fault of this.#ofCommand()) {
      if (fault.kind === 'drop') return 'drop';
      if (fault.kind !== 'code') continue;
      if (fault.code === NODE_BUSY) this.#refused.add(command);
      return [fault.code];
    }
    return this.#eventsOf(command);
  }

  /** The responses that come to the last command, `command`, in place of `responses`. */
  respond(command: Executed, responses: readonly SimResponse[]): readonly SimResponse[] {
    const faults = this.#ofCommand();
    const isKept = faults.some(({ kind }) => kind === 'metAgain');
    const isMet = ({ frame }: SimResponse): boolean => frame[SEQ] === command.seq;
    const met = this.#kept.filter(isMet);
    const rest = this.#kept.filter((response) => !isMet(response));
    this.#kept = isKept ? [...rest, ...responses] : rest;
    return [...met, ...faults.reduce(distort, responses)];
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
    if (fault.kind === 'hostBusy') this.#bmc.leaveHostBusy();
  }

  /** Sends a response that was not asked for when it is due, and the host can take it. */
  #flood({ fromMs, forMs, everyMs }: RegisterFault & { readonly kind: 'flood' }): void {
    const nowMs = this.#clock.now();
    if (nowMs < fromMs || nowMs >= fromMs + forMs) return;
    if (!this.#bmc.isAtRest) {
      this.#floodAtMs = nowMs + everyMs;
      return;
    }
    if (nowMs >= this.#floodAtMs) this.#bmc.leaveResponse(UNASKED);
  }

  /** Once; in mid-frame when the byte comes. */
  #reset(atByte: number | undefined): void {
    if (atByte === undefined) this.#bmc.reset();
    else this.#resetAtByte = atByte;
  }

  /** Every access of BT_CTRL ends a frame, or begins one. */
  #count(port: number): void {
    this.#bytes = port === this.#bmc.base ? 0 : this.#bytes + 1;
    if (this.#bytes !== this.#resetAtByte) return;
    this.#resetAtByte = undefined;
    this.#bmc.reset();
  }

  #bend(fault: RegisterFault, port: number, value: number): number {
    switch (fault.kind) {
      case 'floats':
        return fault.value;
      case 'flips':
        return this.#rng.chance(FLIP_PERCENT) ? value ^ (1 << this.#rng.integer(0, 7)) : value;
      case 'busy':
        this.#looks += 1;
        return port === this.#bmc.base && !(fault.flapping && this.#looks % 2 === 0)
          ? value | B_BUSY
          : value;
      case 'sticky':
        return port === this.#bmc.base && this.#hits > 0 && this.#hits < fault.hits
          ? value | B2H_ATN
          : value;
      case 'untaken':
        return port === this.#bmc.base && this.#rungAtMs >= fault.fromMs
          ? (value | H2B_ATN) & ~B2H_ATN
          : value;
      case 'stickyAttention':
        return port === this.#bmc.base ? value | SMS_ATN : value;
      case 'deaf':
      case 'flood':
      case 'hostBusy':
      case 'reset':
      case 'emptyEvents':
      case 'endlessEvents':
        return value;
    }
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

  #ofCommand(): readonly CommandFault[] {
    return this.#faults.filter(
      (fault): fault is CommandFault => 'at' in fault && fault.at === this.#command,
    );
  }
}

/** Faults under which an honest host sees wrong bits, and may do what the protocol forbids. */
export function isDisturbing(kind: Fault['kind']): boolean {
  return ['floats', 'flips', 'reset', 'hostBusy', 'sticky', 'busy', 'untaken'].includes(kind);
}
