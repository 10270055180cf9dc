/**
 * BMC Global Enables (IPMI 2.0 §22.1, §22.2), of which one bit is ours to set: the event message
 * buffer. The interrupt enables stay as they are, because SMS_ATN rises without them (§11.6.1). No
 * other file writes them.
 */

import { Completion } from '../ipmi/completion.ts';
import { AppCmd } from '../ipmi/netfn.ts';
import type { Reply } from './frame.ts';

/** Events go into the event message buffer, where a host can read them. */
const EVENT_MESSAGE_BUFFER = 1 << 2;

/** Asks a command of the App network function, once. */
export type Ask = (cmd: number, ...data: readonly number[]) => Promise<Reply>;

export class GlobalEnables {
  readonly #ask: Ask;
  /** As they were before the first change. */
  #found: number | undefined;
  /** As they are, as far as is known. */
  #known = 0;
  #isChanged = false;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  /** Sees to it that events are kept for us; false when the BMC would not say, or not do it. */
  async enable(): Promise<boolean> {
    const { completionCode, data } = await this.#ask(AppCmd.GET_GLOBAL_ENABLES);
    const [enables] = data;
    if (completionCode !== Completion.OK || enables === undefined) return false;
    this.#found ??= enables;
    this.#known = enables;
    if ((enables & EVENT_MESSAGE_BUFFER) !== 0) return true;
    // Before it is sent: the answer may get lost on its way.
    this.#isChanged = true;
    return await this.#set(enables | EVENT_MESSAGE_BUFFER);
  }

  /** Puts back the one bit; what others have changed meanwhile stays. True when nothing is left. */
  async putBack(): Promise<boolean> {
    const wasSet = ((this.#found ?? 0) & EVENT_MESSAGE_BUFFER) !== 0;
    const mustClear = this.#isChanged && !wasSet;
    this.#found = undefined;
    this.#isChanged = false;
    return !mustClear || (await this.#set(this.#known & ~EVENT_MESSAGE_BUFFER));
  }

  async #set(enables: number): Promise<boolean> {
    const { completionCode } = await this.#ask(AppCmd.SET_GLOBAL_ENABLES, enables);
    return completionCode === Completion.OK;
  }
}
