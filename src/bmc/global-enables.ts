/**
 * BMC Global Enables (IPMI 2.0 §22.1, §22.2). A write sets all of them at once, so that no other
 * file writes them: the event service and the interrupt set their bits through this one. Each write
 * follows a read in one section, so that it undoes no write of another process or of a caller.
 */

import { Completion } from '../ipmi/completion.ts';
import { AppCmd } from '../ipmi/commands.ts';
import type { Log } from '../log.ts';
import type { Interrupt } from '../driver/interrupt.ts';
import type { Setting, Settings } from '../share/settings.ts';
import { appCommand, unlessSilent } from './ask.ts';
import type { Asker } from './ask.ts';
import type { Section } from './section.ts';

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

/** The settings that stand for the bits. */
const SETTINGS = [
  [GlobalEnable.RECEIVE_MESSAGE_INTERRUPT, 'enable0'],
  [GlobalEnable.EVENT_MESSAGE_BUFFER_INTERRUPT, 'enable1'],
  [GlobalEnable.EVENT_MESSAGE_BUFFER, 'enable2'],
] as const;

const ALL = INTERRUPT_ENABLES | GlobalEnable.EVENT_MESSAGE_BUFFER;

/** The command that the BMC refused to execute, and its completion code. */
export interface Refusal {
  readonly cmd: number;
  readonly completionCode: number;
}

/** Everything {@link GlobalEnables} are built from. */
export interface GlobalEnablesParts {
  readonly asker: Asker;
  readonly section: Section;
  /** Which processes need which bits. */
  readonly settings: Settings;
}

export class GlobalEnables {
  readonly #parts: GlobalEnablesParts;
  #isEnding = false;

  constructor(parts: GlobalEnablesParts) {
    this.#parts = parts;
  }

  /** From now on the first {@link putBack} puts all bits back: close() has time for one. */
  end(): void {
    this.#isEnding = true;
  }

  /**
   * Sets `bits`, unless they are set, until {@link putBack}. Resolves to true, or to the refusal
   * when the BMC refuses to read or to write them. Rejects as a request does.
   */
  set(bits: number): Promise<true | Refusal> {
    return this.#parts.section(async () => {
      const enables = await this.#read();
      if (typeof enables === 'object') return enables;
      // Before the write, whose answer may be lost.
      for (const [bit, setting] of this.#settingsOf(bits)) setting.need((enables & bit) !== 0);
      return (enables & bits) === bits ? true : await this.#write(enables | bits);
    });
  }

  /**
   * Clears those of `bits` that {@link set} has set, here or in another process, and that no other
   * process needs. Resolves and rejects as that does.
   */
  putBack(bits: number): Promise<true | Refusal> {
    return this.#parts.section(async () => {
      const due = this.#isEnding ? ALL : bits;
      const needed = this.#settingsOf(due).filter(([, setting]) => setting.isNeeded);
      if (needed.length === 0) return true;
      let surplus: typeof needed = [];
      let isDone = false;
      try {
        const enables = await this.#read();
        if (typeof enables === 'object') return enables;
        surplus = needed.filter(([, setting]) => setting.release() === 'ours');
        const cleared = surplus.reduce((rest, [bit]) => rest & ~bit, enables);
        const done = cleared === enables || (await this.#write(cleared));
        isDone = done === true;
        return done;
      } finally {
        for (const [, setting] of surplus) setting.settle(isDone);
        // After trouble with the BMC, what is on record is for the next process to clear.
        for (const [, setting] of needed) {
          if (setting.release() === 'ours') setting.settle(false);
        }
      }
    });
  }

  #settingsOf(bits: number): readonly (readonly [bit: number, setting: Setting])[] {
    const { settings } = this.#parts;
    return SETTINGS.flatMap(([bit, name]) =>
      (bits & bit) === 0 ? [] : [[bit, settings[name]] as const],
    );
  }

  async #read(): Promise<number | Refusal> {
    const cmd = AppCmd.GET_GLOBAL_ENABLES;
    const { completionCode, data } = await this.#parts.asker.request(appCommand(cmd));
    const [enables] = data;
    const isRead = completionCode === Completion.OK && enables !== undefined;
    return isRead ? enables : { cmd, completionCode };
  }

  async #write(enables: number): Promise<true | Refusal> {
    const cmd = AppCmd.SET_GLOBAL_ENABLES;
    const { completionCode } = await this.#parts.asker.request(appCommand(cmd, enables));
    return completionCode === Completion.OK ? true : { cmd, completionCode };
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
  #isEnded = false;

  constructor(parts: InterruptEnablesParts) {
    this.#parts = parts;
  }

  /** True while {@link end} has something to put back. */
  get isServing(): boolean {
    return this.#isServing;
  }

  /** Sets both enables, again if the BMC may have forgotten them. */
  renew(): void {
    if (this.#parts.interrupt.isOver || this.#isEnded) return;
    this.#mustRenew = true;
    if (!this.#isRunning) void this.#run();
  }

  /**
   * Puts the BMC's Global Enables back, if they were changed, and sets them no more. Never rejects,
   * and takes as long as the BMC does.
   */
  async end(): Promise<void> {
    this.#isEnded = true;
    this.#mustRenew = false;
    this.#isServing = false;
    const isDone = await this.#unlessSilent(() => this.#parts.enables.putBack(INTERRUPT_ENABLES));
    if (isDone !== true) this.#parts.log.warn(fieldsOf(isDone), 'interrupt enables not put back');
  }

  async #run(): Promise<void> {
    const { interrupt, enables, log } = this.#parts;
    this.#isRunning = true;
    this.#isServing = true;
    while (this.#mustRenew && !interrupt.isOver) {
      this.#mustRenew = false;
      const isDone = await this.#unlessSilent(() => enables.set(INTERRUPT_ENABLES));
      // Go on: not every BMC needs them.
      if (isDone !== true) log.warn(fieldsOf(isDone), 'interrupt enables not set');
      // Last: an interrupt latched while the BMC holds it back would be the last one ever.
      interrupt.enable();
    }
    this.#isRunning = false;
  }

  #unlessSilent(work: () => Promise<true | Refusal>): Promise<true | Refusal | false> {
    return unlessSilent(work, this.#parts.onSilence);
  }
}

/** The fields for a log: nothing when the BMC did not answer. */
function fieldsOf(refusal: Refusal | false): object {
  return refusal === false ? {} : refusal;
}
