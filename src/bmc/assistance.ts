/**
 * Sees to it that the BMC interrupts us, which takes two enables: BT_INTMASK, and the BMC's own
 * (BMC Global Enables, IPMI 2.0 §22.1). A BMC that restarts forgets both; so they are looked at
 * again whenever it came back, and when interrupts stop coming.
 */

import type { Log } from '../log.ts';
import { unlessSilent } from './bring-up.ts';
import { GlobalEnable } from './global-enables.ts';
import type { GlobalEnables } from './global-enables.ts';
import type { Interrupt } from '../driver/interrupt.ts';

const ENABLES =
  GlobalEnable.RECEIVE_MESSAGE_INTERRUPT | GlobalEnable.EVENT_MESSAGE_BUFFER_INTERRUPT;

/** What assistance is made of. */
export interface AssistanceParts {
  readonly interrupt: Interrupt;
  readonly enables: GlobalEnables;
  readonly log: Log;
  /** The BMC does not answer. */
  readonly onSilence: () => void;
}

export class Assistance {
  readonly #parts: AssistanceParts;
  #isRunning = false;
  #mustRenew = false;
  /** The BMC was told, or is being told. */
  #isServing = false;

  constructor(parts: AssistanceParts) {
    this.#parts = parts;
  }

  /** Whether {@link end} has something to put back. */
  get isServing(): boolean {
    return this.#isServing;
  }

  /** The BMC may not know, or not know any more, that interrupts are wanted. */
  renew(): void {
    if (this.#parts.interrupt.isOver) return;
    this.#mustRenew = true;
    if (!this.#isRunning) void this.#run();
  }

  /**
   * Puts back the BMC's own enables, if they were changed. Never rejects, and takes as long as the
   * BMC does.
   */
  async end(): Promise<void> {
    this.#isServing = false;
    const isDone = await this.#unlessSilent(() => this.#parts.enables.putBack(ENABLES));
    if (!isDone) this.#parts.log.warn({}, 'interrupt enables not put back');
  }

  async #run(): Promise<void> {
    const { interrupt, enables, log } = this.#parts;
    this.#isRunning = true;
    this.#isServing = true;
    while (this.#mustRenew && !interrupt.isOver) {
      this.#mustRenew = false;
      const isDone = await this.#unlessSilent(() => enables.set(ENABLES));
      // Not every BMC needs to be told.
      if (!isDone) log.warn({}, 'interrupt enables not set');
      // Not before: one that is latched while the BMC keeps it back would be the last one.
      interrupt.enable();
    }
    this.#isRunning = false;
  }

  #unlessSilent(work: () => Promise<boolean>): Promise<boolean> {
    return unlessSilent(work, this.#parts.onSilence);
  }
}
