/**
 * A port that writes down every register cycle on its way, so that a test can say what the driver
 * did at the registers and not only what came of it. Closing it leaves the ports behind it open:
 * they belong to the test, which still wants to look at them.
 */

import type { PortIo } from '../../src/port/port.ts';

const H2B_ATN = 0x04;

/** One byte on its way. */
export interface Cycle {
  readonly direction: 'in' | 'out';
  readonly port: number;
  readonly value: number;
}

/** The bytes of one run through the FIFO. */
export interface WireFrame {
  readonly direction: 'in' | 'out';
  readonly bytes: readonly number[];
}

export class RecordingPort implements PortIo {
  /** Everything so far; emptied by a test that wants to begin here. */
  readonly cycles: Cycle[] = [];
  readonly #inner: PortIo;
  readonly #base: number;

  constructor(inner: PortIo, base: number) {
    this.#inner = inner;
    this.#base = base;
  }

  inb(port: number): number {
    const value = this.#inner.inb(port);
    this.cycles.push({ direction: 'in', port, value });
    return value;
  }

  outb(port: number, value: number): void {
    this.cycles.push({ direction: 'out', port, value });
    this.#inner.outb(port, value);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    for (let index = 0; index < count; index += 1) target[index] = this.inb(port);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    for (const value of source.subarray(0, count)) this.outb(port, value);
  }

  close(): void {
    // The ports stay open.
  }

  /** The bytes written, and to which register: 0 BT_CTRL, 1 HOST2BMC, 2 BT_INTMASK. */
  writes(register: number): readonly number[] {
    const port = this.#base + register;
    const written = this.cycles.filter((cycle) => cycle.direction === 'out' && cycle.port === port);
    return written.map(({ value }) => value);
  }

  /** How often H2B_ATN was rung. */
  rings(): number {
    return this.writes(0).filter((value) => (value & H2B_ATN) !== 0).length;
  }

  /** What went through the FIFO, in order: another register in between ends a frame. */
  frames(): readonly WireFrame[] {
    const frames: { direction: 'in' | 'out'; bytes: number[] }[] = [];
    let last: number | undefined;
    for (const { direction, port, value } of this.cycles) {
      if (port === this.#base + 1) {
        if (port !== last) frames.push({ direction, bytes: [] });
        frames.at(-1)?.bytes.push(value);
      }
      last = port;
    }
    return frames;
  }
}
