/**
 * SMS_ATN as the host sees it. The machine reads BT_CTRL through this, whatever it looks for, so
 * that each rise of the bit is counted, and counted once.
 */

import { Ctrl, isBt } from './bits.ts';
import type { BtRegisters } from './registers.ts';
import type { Statistics } from '../driver/statistics.ts';

export class SmsAttention {
  readonly #registers: BtRegisters;
  readonly #statistics: Statistics;
  readonly #onRise: (() => void) | undefined;
  #isSet = false;

  constructor(registers: BtRegisters, statistics: Statistics, onRise: (() => void) | undefined) {
    this.#registers = registers;
    this.#statistics = statistics;
    this.#onRise = onRise;
  }

  /** Reads BT_CTRL and counts SMS_ATN when it rises; harmless at any time. */
  look(): number {
    const status = this.#registers.status();
    const isSet = isBt(status) && (status & Ctrl.SMS_ATN) !== 0;
    const isRisen = isSet && !this.#isSet;
    this.#isSet = isSet;
    if (isRisen) {
      this.#statistics.attentions += 1;
      this.#onRise?.();
    }
    return status;
  }

  /** Clears the bit, right before the BMC is asked what it was set for. */
  acknowledge(): void {
    if (this.#isSet) this.#registers.clearSmsAttention();
    this.look();
  }
}
