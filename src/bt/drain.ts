/**
 * Watches a BT interface that is not used any more, until the BMC is idle and the command that was
 * on the wire was answered or has timed out.
 */

import type { Drain } from '../driver/machine.ts';
import { hex } from '../errors.ts';
import { Ctrl, ctrlNames } from './bits.ts';
import { LENGTH_MAX } from './frame.ts';
import type { BtRegisters } from './registers.ts';

export class BtDrain implements Drain {
  readonly #registers: BtRegisters;
  #onWire: boolean;
  #status = 0;

  /** `onWire`: a command was written, and has neither been answered nor timed out. */
  constructor(registers: BtRegisters, onWire: boolean) {
    this.#registers = registers;
    this.#onWire = onWire;
  }

  look(isOver: boolean): boolean {
    this.#status = this.#registers.status();
    if ((this.#status & (Ctrl.B_BUSY | Ctrl.B2H_ATN)) === Ctrl.B2H_ATN) {
      this.#registers.quiesce(new Uint8Array(LENGTH_MAX));
      this.#onWire = false;
      this.#status = this.#registers.status();
    }
    const isFree = (this.#status & (Ctrl.B_BUSY | Ctrl.H2B_ATN)) === 0;
    return isFree && (isOver || !this.#onWire);
  }

  get reason(): string {
    const names = ctrlNames(this.#status);
    if (names === '') return 'a command is still in flight in the BMC';
    return `the BMC is busy: BT_CTRL reads ${hex(this.#status)} ${names}`;
  }
}
