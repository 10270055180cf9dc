/**
 * A port that leads to a sound BMC for its first accesses and then to registers that read anything,
 * in ways that a seed chooses: constant, random, or like a BMC that never stops sending responses.
 */

import type { PortIo } from '../../src/port/port.ts';
import type { Rng } from '../../src/sim/rng.ts';

const CTRL = 0xce4;
const [H_BUSY, B_BUSY, B2H_ATN, H2B_ATN] = [0x40, 0x80, 0x08, 0x04];

/** The ways; `flood`: whenever the host has taken a response, another is there. */
const KINDS = ['constant', 'random', 'plausible', 'flood', 'sticky', 'busy', 'untaken'] as const;

interface Options {
  readonly rng: Rng;
  /** The BMC goes bad at this access; a block is one. */
  readonly fromAccess: number;
}

export class HostilePort implements PortIo {
  readonly kind: (typeof KINDS)[number];
  /** Register accesses so far, each byte of a block counted. */
  accesses = 0;
  readonly #inner: PortIo;
  readonly #rng: Rng;
  readonly #constant: number;
  #soundAccesses: number;
  #ctrl = 0;
  #bytes: number[] = [];

  constructor(inner: PortIo, { rng, fromAccess }: Options) {
    this.#inner = inner;
    this.#rng = rng;
    this.kind = rng.pick(KINDS);
    this.#constant = rng.integer(0, 255);
    this.#soundAccesses = fromAccess;
  }

  inb(port: number): number {
    this.accesses += 1;
    if (this.#isSound()) return this.#inner.inb(port);
    return port === CTRL ? this.#status() : this.#byte();
  }

  outb(port: number, value: number): void {
    this.accesses += 1;
    if (this.#isSound()) this.#inner.outb(port, value);
    else if (port === CTRL) this.#control(value);
  }

  readBytes(port: number, target: Uint8Array, count: number): void {
    for (let index = 0; index < count; index += 1) target[index] = this.inb(port);
  }

  writeBytes(port: number, source: Uint8Array, count: number): void {
    for (let index = 0; index < count; index += 1) this.outb(port, source[index] ?? 0);
  }

  close(): void {
    // There is nothing to give back.
  }

  #isSound(): boolean {
    this.#soundAccesses -= 1;
    return this.#soundAccesses >= 0;
  }

  #status(): number {
    switch (this.kind) {
      case 'constant':
        return this.#constant;
      case 'random':
        return this.#rng.integer(0, 255);
      case 'plausible':
        return this.#rng.integer(0, 255) & (H_BUSY | B_BUSY | B2H_ATN | H2B_ATN);
      case 'flood':
        return this.#ctrl | ((this.#ctrl & H_BUSY) === 0 ? B2H_ATN : 0);
      case 'sticky':
        return this.#ctrl | B2H_ATN;
      case 'busy':
        return this.#ctrl | B_BUSY;
      case 'untaken':
        return this.#ctrl | H2B_ATN;
    }
  }

  #control(value: number): void {
    if ((value & H_BUSY) !== 0) this.#ctrl ^= H_BUSY;
    // CLR_RD_PTR: a response with a foreign sequence number, or one of any length.
    if ((value & 0x02) !== 0) {
      this.#bytes = this.#rng.chance(90) ? [5, 0xc4, 8, 0x01, 0x00, 0x66] : [];
    }
  }

  #byte(): number {
    return this.#bytes.shift() ?? this.#rng.integer(0, 255);
  }
}
