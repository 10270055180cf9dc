/**
 * BMC Global Enables (IPMI 2.0 §22.1, §22.2). No other file writes them, because each write sets
 * them all: events and the interrupt ask for their bits here.
 */

import { Completion } from '../ipmi/completion.ts';
import { AppCmd } from '../ipmi/commands.ts';
import type { Log } from '../log.ts';
import type { Interrupt } from '../driver/interrupt.ts';
import { appCommand, unlessSilent } from './ask.ts';
import type { Asker } from './ask.ts';

/** The bits that are ours to set. */
export const GlobalEnable = {
  /** A message in the receive queue is an interrupt; QEMU has none at all without. */
  RECEIVE_MESSAGE_INTERRUPT: 1 << 0,
  /** A full event message buffer is an interrupt. */
  EVENT_MESSAGE_BUFFER_INTERRUPT: 1 << 1,
  /** Events go into the event message buffer, where a host can read them. */
  EVENT_MESSAGE_BUFFER: 1 << 2,
} as const;

/** The bits without which the BMC raises no interrupt. */
const INTERRUPT_ENABLES =
  GlobalEnable.RECEIVE_MESSAGE_INTERRUPT | GlobalEnable.EVENT_MESSAGE_BUFFER_INTERRUPT;

export class GlobalEnables {
  readonly #asker: Asker;
  /** As they were before the first change. */
  #found: number | undefined;
  /** As they are, as far as is known. */
  #known = 0;
  /** Bits that are needed here. */
  #wanted = 0;
  /** Bits that were written. */
  #changed = 0;
  /** The end of what is being read and written now. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(asker: Asker) {
    this.#asker = asker;
  }

  /**
   * Sees to it that `bits` are set; false when the BMC would not say, or not do it. Rejects as a
   * request does.
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
      // Before it is sent: the answer may get lost on its way.
      this.#changed |= bits & ~enables;
      return await this.#write(enables | bits);
    });
  }

  /** Puts `bits` back as they were; what others have changed stays. True when nothing is left. */
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

  /** One after another: each reads what the one before has written. */
  async #inTurn(work: () => Promise<boolean>): Promise<boolean> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return await done;
  }
}

/** The parts of the interrupt's enables. */
export interface InterruptEnablesParts {
  readonly interrupt: Interrupt;
  readonly enables: GlobalEnables;
  readonly log: Log;
  /** The BMC does not answer. */
  readonly onSilence: () => void;
}

/**
 * Sees to it that the BMC interrupts us, which takes two enables: the interface's own, and the
 * BMC's. A BMC that restarts forgets both; so they are looked at again whenever it came back, and
 * when interrupts stop coming.
 */
export class InterruptEnables {
  readonly #parts: InterruptEnablesParts;
  #isRunning = false;
  #mustRenew = false;
  /** The BMC was told, or is being told. */
  #isServing = false;

  constructor(parts: InterruptEnablesParts) {
    this.#parts = parts;
  }

  /** True while {@link end} has something to put back. */
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
