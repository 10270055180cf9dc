/** Ports of a bus that takes its time: each access keeps the processor, as one on LPC does. */

import { systemClock } from '../../src/clock.ts';
import type { PortIo } from '../../src/port/port.ts';

export class BusPort implements PortIo {
  readonly #inner: PortIo;
  readonly #accessMs: number;

  constructor(inner: PortIo, accessMs: number) {
    this.#inner = inner;
    this.#accessMs = accessMs;
  }

  inb(port: number): number {
    this.#pass(1);
    return this.#inner.inb(port);
  }

  outb(port: number, value: number): void {
    this.#pass(1);
    this.#inner.outb(port, value);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    this.#pass(count);
    this.#inner.readBytes(port, target, count);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    this.#pass(count);
    this.#inner.writeBytes(port, source, count);
  }

  close(): void {
    this.#inner.close();
  }

  #pass(accesses: number): void {
    const endMs = systemClock.now() + accesses * this.#accessMs;
    while (systemClock.now() < endMs) continue;
  }
}
