/**
 * BMC Global Enables (IPMI 2.0 §22.1, §22.2). Who needs some of them asks for their bits here, and
 * no other file writes them: each write sets them all.
 */

import { Completion } from '../ipmi/completion.ts';
import { AppCmd } from '../ipmi/commands.ts';
import type { Reply } from '../ipmi/message.ts';

/** The bits that are ours to set. */
export const GlobalEnable = {
  /** A message in the receive queue is an interrupt; QEMU has none at all without. */
  RECEIVE_MESSAGE_INTERRUPT: 1 << 0,
  /** A full event message buffer is an interrupt. */
  EVENT_MESSAGE_BUFFER_INTERRUPT: 1 << 1,
  /** Events go into the event message buffer, where a host can read them. */
  EVENT_MESSAGE_BUFFER: 1 << 2,
} as const;

/** Asks a command of the App network function, once. */
export type Ask = (cmd: number, ...data: readonly number[]) => Promise<Reply>;

export class GlobalEnables {
  readonly #ask: Ask;
  /** As they were before the first change. */
  #found: number | undefined;
  /** As they are, as far as is known. */
  #known = 0;
  /** Bits that somebody here needs. */
  #wanted = 0;
  /** Bits that were written. */
  #changed = 0;
  /** The end of what is being read and written now. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /**
   * Sees to it that `bits` are set; false when the BMC would not say, or not do it. Rejects as a
   * request does.
   */
  set(bits: number): Promise<boolean> {
    return this.#inTurn(async () => {
      const { completionCode, data } = await this.#ask(AppCmd.GET_GLOBAL_ENABLES);
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
    const { completionCode } = await this.#ask(AppCmd.SET_GLOBAL_ENABLES, enables);
    return completionCode === Completion.OK;
  }

  /** One after another: each reads what the one before has written. */
  async #inTurn(work: () => Promise<boolean>): Promise<boolean> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return await done;
  }
}
