/**
 * The registers of an interface as a check reads and writes them, with a line for each access, so
 * that a finding can show what it was drawn from.
 */

import { Ctrl, ctrlNames, intMaskNames, isFree } from '../bt/bits.ts';
import type { BtRegisters } from '../bt/registers.ts';
import { sleep } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { Door } from '../registry/door.ts';
import type { Means } from './check.ts';

/** Most lines that are kept, the last ones. */
const LINES_MAX = 60;

export class RegisterLog {
  readonly registers: BtRegisters;
  /** BT_INTMASK as it was read last; 0 before. */
  lastMask = 0;
  #lines: string[] = [];

  constructor(registers: BtRegisters) {
    this.registers = registers;
  }

  /** The accesses so far, oldest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Reads BT_CTRL. */
  ctrl(): number {
    const value = this.registers.status();
    this.#add(`in  BT_CTRL    ${ctrlText(value)}`);
    return value;
  }

  /** Reads BT_INTMASK. */
  intMask(): number {
    const value = this.registers.interruptMask();
    this.lastMask = value;
    this.#add(`in  BT_INTMASK ${intMaskText(value)}`);
    return value;
  }

  /** Sets or clears H_BUSY, given what BT_CTRL just read; returns what it reads then. */
  setHostBusy(busy: boolean, status: number): number {
    const isBusy = (status & Ctrl.H_BUSY) !== 0;
    if (isBusy !== busy) this.#add(`out BT_CTRL    ${ctrlText(Ctrl.H_BUSY)}`);
    this.registers.setHostBusy(busy, status);
    return this.ctrl();
  }

  /** Resets both pointers; returns what BT_CTRL reads then. */
  clearPointers(): number {
    this.#add(`out BT_CTRL    ${ctrlText(Ctrl.CLR_RD_PTR | Ctrl.CLR_WR_PTR)}`);
    this.registers.clearPointers();
    return this.ctrl();
  }

  /** Resets the read pointer, and returns the first byte of the buffer, which is not shown. */
  firstByte(): number {
    this.#add(`out BT_CTRL    ${ctrlText(Ctrl.CLR_RD_PTR)}`);
    const value = this.registers.firstByte();
    this.#add('in  BMC2HOST   (1 byte)');
    return value;
  }

  /** Writes B2H_IRQ_EN, given what BT_INTMASK just read; returns what it reads then. */
  setInterruptEnable(on: boolean, mask: number): number {
    this.registers.setInterruptEnable(on, mask);
    this.#add(`out BT_INTMASK ${on ? 'B2H_IRQ_EN' : 'no B2H_IRQ_EN'}`);
    return this.intMask();
  }

  /** Reads BT_CTRL until the BMC is free, or for `limitMs`; returns what it reads in the end. */
  async untilFree(clock: Clock, limitMs: number, signal: AbortSignal): Promise<number> {
    const endMs = clock.now() + limitMs;
    for (;;) {
      const status = this.registers.status();
      if (isFree(status) || clock.now() >= endMs) {
        this.#add(`in  BT_CTRL    ${ctrlText(status)}`);
        return status;
      }
      await sleep(clock, LOOK_MS, signal);
    }
  }

  #add(line: string): void {
    this.#lines = [...this.#lines, line].slice(-LINES_MAX);
  }
}

/** Interval between two looks at a BMC that is busy. */
const LOOK_MS = 10;

/** Opens the door below a device for `work`, in this process's turn, and closes it in any case. */
export async function withRegisters<T>(
  { subject, signal }: Pick<Means, 'subject' | 'signal'>,
  work: (log: RegisterLog, door: Door) => T | Promise<T>,
): Promise<T> {
  const door = await subject.door(signal);
  try {
    await door.arbiter.acquire(subject.clock, { deadlineMs: Infinity, signal });
    return await work(new RegisterLog(door.registers), door);
  } finally {
    await door.close();
  }
}

/** A value of BT_CTRL with the names of its bits: `0x40 H_BUSY`. */
export function ctrlText(value: number): string {
  return `${byteText(value)} ${ctrlNames(value)}`.trimEnd();
}

/** The same of BT_INTMASK. */
export function intMaskText(value: number): string {
  return `${byteText(value)} ${intMaskNames(value)}`.trimEnd();
}

/** A byte as registers are written: `0x08`. */
export function byteText(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}
