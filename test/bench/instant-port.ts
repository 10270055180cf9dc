/**
 * Ports with a BMC behind them that answers Get Device ID at once and costs next to nothing: what
 * is left to measure is the driver. Nothing is allocated, so that no garbage of ours is collected.
 */

import type { PortIo } from '../../src/port/port.ts';

export const BASE = 0xce4;

const CTRL = BASE;
const FIFO = BASE + 1;

const CLR_WR_PTR = 0x01;
const CLR_RD_PTR = 0x02;
const H2B_ATN = 0x04;
const B2H_ATN = 0x08;
const H_BUSY = 0x40;

/** Length, netFn/LUN, seq, cmd, completion code, device id. */
const REPLY = [15, 0x1c, 0, 0x01, 0, 0x20, 0, 0, 0, 0x02, 0x07, 0, 0, 0, 0, 0] as const;
const SEQ = 2;

const REQUEST = Uint8Array.of(3, 0x18, 0, 0x01);

export class InstantPort implements PortIo {
  readonly #reply = Uint8Array.from(REPLY);
  #ctrl = 0;
  /** What the next read of the FIFO gives. */
  #next = 0;

  inb(port: number): number {
    if (port === CTRL) return this.#ctrl;
    return port === FIFO ? this.#take() : 0;
  }

  outb(port: number, value: number): void {
    if (port !== CTRL) return;
    if (value === H2B_ATN) this.#ctrl |= B2H_ATN;
    else if (value === B2H_ATN) this.#ctrl &= ~B2H_ATN;
    else if (value === H_BUSY) this.#ctrl ^= H_BUSY;
    else if (value === CLR_RD_PTR) this.#next = 0;
  }

  readBytes(_port: number, target: Uint8Array, count: number): void {
    for (let index = 0; index < count; index += 1) target[index] = this.#take();
  }

  writeBytes(_port: number, source: Uint8Array): void {
    this.#reply[SEQ] = source[SEQ] ?? 0;
  }

  close(): void {
    // Nothing is held.
  }

  #take(): number {
    const value = this.#reply[this.#next] ?? 0;
    this.#next += 1;
    return value;
  }
}

/** The calls that the driver makes on `port` for one Get Device ID, and nothing around them. */
export function bareTransaction(port: PortIo, body: Uint8Array): void {
  port.inb(CTRL);
  port.outb(CTRL, CLR_WR_PTR);
  port.writeBytes(FIFO, REQUEST, REQUEST.length);
  port.outb(CTRL, H2B_ATN);
  port.inb(CTRL);
  port.outb(CTRL, H_BUSY);
  port.outb(CTRL, B2H_ATN);
  port.inb(CTRL);
  port.outb(CTRL, CLR_RD_PTR);
  port.readBytes(FIFO, body, port.inb(FIFO));
  port.inb(CTRL);
  port.outb(CTRL, H_BUSY);
  port.inb(CTRL);
}
