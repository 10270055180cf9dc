/**
 * BMC Global Enables (IPMI 2.0 §22.1, §22.2). A write sets all of them at once, so that no other
 * file writes them: the event service and the interrupt set their bits through this one.
 */

import { Completion } from '../ipmi/completion.ts';
import { AppCmd } from '../ipmi/commands.ts';
import type { Log } from '../log.ts';
import type { Interrupt } from '../driver/interrupt.ts';
import { appCommand, unlessSilent } from './ask.ts';
import type { Asker } from './ask.ts';

/** The bits that this driver sets. */
export const GlobalEnable = {
  /** A message in the receive queue raises an interrupt; QEMU raises none at all without it. */
  RECEIVE_MESSAGE_INTERRUPT: 1 << 0,
  /** A full event message buffer raises an interrupt. */
  EVENT_MESSAGE_BUFFER_INTERRUPT: 1 << 1,
  /** Events go into the event message buffer, where a host can read them. */
  EVENT_MESSAGE_BUFFER: 1 << 2,
} as const;

/** The bits without which the BMC raises no interrupt. */
const INTERRUPT_ENABLES =
  GlobalEnable.RECEIVE_MESSAGE_INTERRUPT | GlobalEnable.EVENT_MESSAGE_BUFFER_INTERRUPT;

export class GlobalEnables {
  readonly #asker: Asker;
  /** The enables before the first change. */
  #found: number | undefined;
  /** The enables as last read or written. */
  #known = 0;
  /** Bits that this process needs. */
  #wanted = 0;
  /** Bits that this process has set. */
  #changed = 0;
  /** Settles when the last read and write is over. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  /**
   * Sets `bits`, unless they are set; false when the BMC refuses to read or to write them. Rejects
   * as a request does.
   */
  set(bits: number): Promise<boolean> {
    return this.#inTurn(async () => {
      const { completionCode, data } = await this.#asker.request(
        appCommand(AppCmd.GET_GLOBAL_ENABLES),
      );
      const [enables] = data;
      if (completionCode !== Completion.OK || enables === undefined) return false;
      this.#found ??= enables;
      this.#known = enables;
      this.#wanted |= bits;
      if ((enables & bits) === bits) return true;
      // Noted before the write, whose answer may be lost.
      this.#changed |= bits & ~enables;
      return await this.#write(enables | bits);
    });
  }

  /** Clears those of `bits` that {@link set} has set, and no others. True when it is done. */
  putBack(bits: number): Promise<boolean> {
    return this.#inTurn(async () => {
      const surplus = bits & this.#changed & ~(this.#found ?? 0);
      this.#wanted &= ~bits;
      this.#changed &= ~bits;
      if (this.#wanted === 0) this.#found = undefined;
      return surplus === 0 || (await this.#write(this.#known & ~surplus));
    });
  }

  async #write(enables: number): Promise<boolean> {
    this.#known = enables;
    const { completionCode } = await this.#asker.request(
      appCommand(AppCmd.SET_GLOBAL_ENABLES, enables),
    );
    return completionCode === Completion.OK;
  }

  /** Runs `work` after the work before it, so that it reads what that one has written. */
  async #inTurn(work: () => Promise<boolean>): Promise<boolean> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return await done;
  }
}

/** Everything {@link InterruptEnables} is built from. */
export interface InterruptEnablesParts {
  readonly interrupt: Interrupt;
  readonly enables: GlobalEnables;
  readonly log: Log;
  /** Called when the BMC does not answer. */
  readonly onSilence: () => void;
}

/**
 * Enables the BMC's interrupt, in two places: in the interface's register and in the BMC's Global
 * Enables. A BMC that restarts forgets both; so they are set again whenever the BMC was found
 * again, and when interrupts stop coming.
 */
export class InterruptEnables {
  readonly #parts: InterruptEnablesParts;
  #isRunning = false;
  #mustRenew = false;
  /** The Global Enables were set, or are being set. */
  #isServing = false;

  constructor(parts: InterruptEnablesParts) {
    this.#parts = parts;
  }

  /** True while {@link end} has something to put back. */
  get isServing(): boolean {
    return this.#isServing;
  }

  /** Sets both enables, again if the BMC may have forgotten them. */
  renew(): void {
    if (this.#parts.interrupt.isOver) return;
    this.#mustRenew = true;
    if (!this.#isRunning) void this.#run();
  }

  /**
   * Puts the BMC's Global Enables back, if they were changed. Never rejects, and takes as long as
   * the BMC does.
   */
  async end(): Promise<void> {
    this.#isServing = false;
    const isDone = await this.#unlessSilent(() => this.#parts.enables.putBack(INTERRUPT_ENABLES));
    if (!isDone) this.#parts.log.warn({}, 'interrupt enables not put back');
  }

  async #run(): Promise<void> {
    const { interrupt, enables, log } = this.#parts;
    this.#isRunning = true;
    this.#isServing = true;
    while (this.#mustRenew && !interrupt.isOver) {
      this.#mustRenew = false;
      const isDone = await this.#unlessSilent(() => enables.set(INTERRUPT_ENABLES));
      // Go on: not every BMC needs them.
      if (!isDone) log.warn({}, 'interrupt enables not set');
      // Last: an interrupt latched while the BMC holds it back would be the last one ever.
      interrupt.enable();
    }
    this.#isRunning = false;
  }

  #unlessSilent(work: () => Promise<boolean>): Promise<boolean> {
    return unlessSilent(work, this.#parts.onSilence);
  }
}
