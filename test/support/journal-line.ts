/**
 * An interrupt line and the BT_INTMASK behind it that write down, in one list, what is done to
 * them: the order matters. A line that is broken writes it down, and throws.
 */

import { Interrupt, SURE_MS } from '../../src/driver/interrupt.ts';
import { BtRegisters } from '../../src/bt/registers.ts';
import { gateOf } from './rig.ts';
import type { IrqLine } from '../../src/port/irq-line.ts';
import type { PortIo } from '../../src/port/port.ts';

const BASE = 0xce4;

export class JournalLine implements IrqLine {
  readonly path = '/dev/uio7';
  readonly ownsMask: boolean;
  isBroken = false;
  readonly #journal: string[];

  constructor(journal: string[], ownsMask: boolean) {
    this.#journal = journal;
    this.ownsMask = ownsMask;
  }

  watch(): void {
    this.#journal.push('watch');
  }

  rearm(): void {
    this.#do('rearm');
  }

  enable(on: boolean): void {
    this.#do(on ? 'enable' : 'disable');
  }

  close(): void {
    this.#journal.push('close');
  }

  #do(what: string): void {
    this.#journal.push(what);
    if (this.isBroken) throw new Error('EIO: i/o error, write');
  }
}

export interface JournalOptions {
  /** A handler in the kernel acknowledges. */
  readonly ownsMask?: boolean;
  /** What BT_INTMASK reads. */
  readonly mask?: number;
}

/** An interrupt on such a line, what was done, what it warned of, and how often it was lost. */
export function journal({ ownsMask = false, mask = 0x00 }: JournalOptions = {}) {
  const done: string[] = [];
  const warnings: unknown[] = [];
  const lost = { times: 0 };
  const line = new JournalLine(done, ownsMask);
  const interrupt = new Interrupt({
    line,
    gate: gateOf(new BtRegisters(maskPort(done, mask), { base: BASE, spacing: 1 })),
    warn: (fields, text) => warnings.push([text, fields]),
    onLost: () => {
      lost.times += 1;
    },
  });
  return { interrupt, line, done, warnings, lost };
}

/** The turn of ours in which interrupts come, unless another is named. */
export const TURN = 1;

/** An interrupt that is wanted, and what can happen to it; its journal begins after that. */
export function enabled(options: JournalOptions = {}) {
  const bench = journal(options);
  const { interrupt, done } = bench;
  interrupt.enable();
  done.length = 0;
  /** A frame is rung and its reply taken; no interrupt comes. */
  const miss = (times: number, waitedMs = SURE_MS): void => {
    for (let time = 0; time < times; time += 1) {
      interrupt.beforeRing();
      interrupt.replied(waitedMs);
    }
  };
  /** The line fires, and this is found then: the reply, or a response or attention of no use. */
  const find = (what: 'reply' | 'other', nowMs = 0): void => {
    interrupt.fired({ count: 1, nowMs, turn: TURN }, () => {
      interrupt.found();
      if (what === 'reply') interrupt.replied(0);
    });
  };
  /** The line fires for nothing that we know of. */
  const fire = (count: number, nowMs: number, turn = TURN): void => {
    interrupt.fired({ count, nowMs, turn }, () => undefined);
  };
  /** The same in another process's turn. */
  const fireForOthers = (count: number, nowMs: number): void => {
    interrupt.fired({ count, nowMs, turn: undefined }, () => undefined);
  };
  return { ...bench, miss, find, fire, fireForOthers };
}

/** Ports of which only BT_INTMASK is touched. */
function maskPort(done: string[], mask: number): PortIo {
  const refuse = (): never => {
    throw new Error('only BT_INTMASK is an interrupt’s');
  };
  const check = (port: number): void => {
    if (port !== BASE + 2) refuse();
  };
  return {
    inb(port) {
      check(port);
      return mask;
    },
    outb(port, value) {
      check(port);
      done.push(`mask ${value.toString(2).padStart(2, '0')}`);
    },
    readBytes: refuse,
    writeBytes: refuse,
    close: refuse,
  };
}
