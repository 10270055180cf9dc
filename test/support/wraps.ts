/**
 * Ports to put between the driver and a BMC: one that counts register cycles and can act at any of
 * them, and one whose reads a test can bend.
 */

import type { PortIo } from '../../src/port/port.ts';

/** Calls `before(k)` ahead of the k-th register cycle; a block call is one cycle. */
export class CyclePort implements PortIo {
  cycles = 0;
  readonly #inner: PortIo;
  readonly #before: (cycle: number) => void;

  constructor(inner: PortIo, before: (cycle: number) => void) {
    this.#inner = inner;
    this.#before = before;
  }

  inb(port: number): number {
    this.#cycle();
    return this.#inner.inb(port);
  }

  outb(port: number, value: number): void {
    this.#cycle();
    this.#inner.outb(port, value);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    this.#cycle();
    this.#inner.readBytes(port, target, count);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    this.#cycle();
    this.#inner.writeBytes(port, source, count);
  }

  close(): void {
    this.#inner.close();
  }

  #cycle(): void {
    const cycle = this.cycles;
    this.cycles += 1;
    this.#before(cycle);
  }
}

/** Lets a test change what a read returns: `bend(port, value)` is what the driver sees. */
export class BentPort implements PortIo {
  readonly #inner: PortIo;
  readonly #bend: (port: number, value: number) => number;

  constructor(inner: PortIo, bend: (port: number, value: number) => number) {
    this.#inner = inner;
    this.#bend = bend;
  }

  inb(port: number): number {
    return this.#bend(port, this.#inner.inb(port));
  }

  outb(port: number, value: number): void {
    this.#inner.outb(port, value);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    this.#inner.readBytes(port, target, count);
    for (let i = 0; i < count; i += 1) target[i] = this.#bend(port, target[i] ?? 0);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    this.#inner.writeBytes(port, source, count);
  }

  close(): void {
    this.#inner.close();
  }
}
