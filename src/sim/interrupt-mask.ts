/** BT_INTMASK: its bits say that the host wants interrupts, and that one is pending. */

import { B2H_IRQ, B2H_IRQ_EN } from './bits.ts';
import type { Personality } from './personality.ts';

/** The receiver that the BMC's interrupt pin is wired to. */
export interface Wired {
  /** B2H_IRQ is set, and was not. */
  rose(): void;
  /** There will be a response at that time, once the BMC is accessed or settled. */
  expect(atMs: number): void;
}

export class InterruptMask {
  readonly #personality: Personality;
  #value = 0;
  #wired: Wired | undefined;

  constructor(personality: Personality) {
    this.#personality = personality;
  }

  /** Wires the pin to something else, or to nothing. */
  attach(wired: Wired | undefined): void {
    this.#wired = wired;
  }

  /** A response is to come. */
  expect(atMs: number): void {
    this.#wired?.expect(atMs);
  }

  /** The BMC restarts. */
  reset(): void {
    this.#value = 0;
  }

  get value(): number {
    return this.#value;
  }

  /** The host writes it, while attention bits are set or not. */
  write(value: number, isAttentionSet: boolean): void {
    const { interruptsWhenEnabled, acknowledgesWhenDisabled } = this.#personality;
    const wasEnabled = (this.#value & B2H_IRQ_EN) !== 0;
    const isEnabled = (value & B2H_IRQ_EN) !== 0;
    if (interruptsWhenEnabled && isEnabled && !wasEnabled && isAttentionSet) this.#value |= B2H_IRQ;
    if (acknowledgesWhenDisabled && !isEnabled) this.#value &= ~B2H_IRQ;
    this.#value = (this.#value & B2H_IRQ & ~value) | (value & B2H_IRQ_EN);
  }

  /** An interrupt, if the host wants any. */
  raise(): void {
    if ((this.#value & B2H_IRQ_EN) === 0 || (this.#value & B2H_IRQ) !== 0) return;
    this.#value |= B2H_IRQ;
    this.#wired?.rose();
  }
}
