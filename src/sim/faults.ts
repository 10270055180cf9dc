/**
 * `FaultyBmc` is a `PortIo` around a simulated BMC that makes faults happen between a host and the
 * BMC: a list of them, each at a command or for a while.
 */

import type { PortIo } from '../port/port.ts';
import { amount, anArray } from '../option-table.ts';
import { SimBmc } from './bmc.ts';
import type { Executed } from './command-record.ts';
import { Disturbance, isDisturbing } from './disturbance.ts';
import type { Fault } from './fault-kinds.ts';
import type { SimOptions } from './options.ts';

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

export class FaultyBmc implements PortIo {
  readonly bmc: SimBmc;
  readonly #disturbance: Disturbance;

  constructor(options: FaultyOptions) {
    const { faults, seed, ...simOptions } = options;
    checkFaults(faults, seed);
    const { answer, respond } = options;
    this.bmc = new SimBmc({
      ...simOptions,
      strict: options.strict !== false && !options.faults.some(({ kind }) => isDisturbing(kind)),
      answer: (command) => this.#disturbance.answer(command) ?? answer?.(command),
      respond: (command, honest) =>
        this.#disturbance.respond(command, respond?.(command, honest) ?? [honest]),
    });
    this.#disturbance = new Disturbance(this.bmc, options);
  }

  /** When the last fault of the registers is over. */
  get calmFromMs(): number {
    return this.#disturbance.calmFromMs;
  }

  /** Commands the BMC has executed, or may have; those it answered with 0xC0 it has not. */
  get executed(): readonly Executed[] {
    return this.bmc.executed.filter((command) => !this.#disturbance.isRefused(command));
  }

  inb(port: number): number {
    return this.#disturbance.inb(port, () => this.bmc.inb(port));
  }

  outb(port: number, value: number): void {
    this.#disturbance.outb(port, value, () => {
      this.bmc.outb(port, value);
    });
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
    this.#disturbance.calm();
  }
}

function checkFaults(faults: unknown, seed: unknown): void {
  anArray('faults', faults);
  amount('seed', seed);
}
