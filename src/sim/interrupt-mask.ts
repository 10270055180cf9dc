/** BT_INTMASK: whether the host wants interrupts, and whether one is pending. */

import { B2H_IRQ, B2H_IRQ_EN } from './bits.ts';
import type { Personality } from './personality.ts';

export class InterruptMask {
  readonly #personality: Personality;
  #value = 0;

  constructor(personality: Personality) {
    this.#personality = personality;
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
    if ((this.#value & B2H_IRQ_EN) !== 0) this.#value |= B2H_IRQ;
  }
}
