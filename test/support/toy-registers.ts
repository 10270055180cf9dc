/** The two registers of the toy interface, as a host sees them: status and command, and data. */

import type { PortIo } from '../../src/port/port.ts';

/** Bits of the status register. */
const OBF = 1 << 0;
const IBF = 1 << 1;
const SMS_ATN = 1 << 2;
/** Always 0 here: a device that sets one of them is no such interface. */
const OEM = 0b11 << 4;

const FLOATING = 0xff;

/** Phases of a transfer, in the two high bits of the status register. */
export const Phase = { IDLE: 0, READ: 1, WRITE: 2, ERROR: 3 } as const;

/** Control codes: the last goes to the data register, all others to the command register. */
export const Control = { ABORT: 0x60, WRITE_START: 0x61, WRITE_END: 0x62, READ: 0x68 } as const;

/** True when something decodes the ports. */
export function isPresent(status: number): boolean {
  return status !== FLOATING && (status & OEM) === 0;
}

/** True when the BMC takes a byte. */
export function isReady(status: number): boolean {
  return isPresent(status) && (status & IBF) === 0;
}

export function hasOutput(status: number): boolean {
  return (status & OBF) !== 0;
}

export function hasAttention(status: number): boolean {
  return isPresent(status) && (status & SMS_ATN) !== 0;
}

export class ToyRegisters {
  readonly #port: PortIo;
  readonly #base: number;
  /** Nothing was written yet: there is nothing of ours to be left quiet. */
  isUntouched = true;

  constructor(port: PortIo, base: number) {
    this.#port = port;
    this.#base = base;
  }

  status(): number {
    return this.#port.inb(this.#base + 1);
  }

  phase(status: number): number {
    return status >> 6;
  }

  read(): number {
    return this.#port.inb(this.#base);
  }

  write(value: number): void {
    this.isUntouched = false;
    this.#port.outb(this.#base, value);
  }

  control(code: number): void {
    this.isUntouched = false;
    this.#port.outb(this.#base + 1, code);
  }

  /** Takes out a byte that is not wanted; true when there was one. */
  clearOutput(status: number): boolean {
    if (!hasOutput(status)) return false;
    this.read();
    return true;
  }

  /**
   * Ends the transfer that the BMC is in, as far as it takes a byte now. Where it does not, the
   * next WRITE_START ends it. A command that is being executed is left alone unless `isOver`.
   */
  endTransfer(isOver: boolean): void {
    const status = this.status();
    if (!isReady(status)) return;
    const hasAnswer = this.clearOutput(status);
    const phase = this.phase(status);
    const isHalfDone = phase !== Phase.IDLE && (phase !== Phase.READ || hasAnswer || isOver);
    if (isHalfDone) this.control(Control.ABORT);
  }
}
