/**
 * Asks what SMS_ATN was set for, and reads events and messages until there are no more (IPMI 2.0
 * §22.3 to §22.8). Reading takes them away from everybody else, so that no read is ever repeated.
 *
 * A BMC may have events without end, or none at all behind its flags. So a row of reads is bounded,
 * with a pause between two of them in which callers' requests get their turn.
 */

import { IpmiError } from '../errors.ts';
import type { BmcEvent } from '../ipmi/bmc-event.ts';
import { Completion, isAnswerMissing, isNotYet } from '../ipmi/completion.ts';
import { decodeEventRecord } from '../ipmi/event-record.ts';
import { MessageFlag } from '../ipmi/message-flags.ts';
import { AppCmd } from '../ipmi/commands.ts';
import { appRequest, askOnce } from './bring-up.ts';
import type { BtDriver } from '../driver/driver.ts';
import type { Reply } from '../ipmi/message.ts';
import type { Pause } from '../pause.ts';
import type { Statistics } from '../driver/statistics.ts';

/** Most reads of one queue in a row. */
export const READS_MAX = 10;

/** Between two reads, so that a caller's request that waits is sent. */
export const PAUSE_MS = 5;

/** An event in the buffer has the form of an SEL record (§22.8). */
const EVENT_BYTES = 16;

/** What the service is made of. */
export interface EventReaderParts {
  readonly driver: BtDriver;
  readonly pause: Pause;
  readonly statistics: Statistics;
  /** Whether there is somebody to be told. */
  readonly isWanted: () => boolean;
  readonly tell: (event: BmcEvent) => void;
}

/** How a destructive read differs from another. */
interface Source {
  readonly cmd: number;
  /** Tells what was read; false when it is nothing, and there is no more. */
  readonly take: (data: Uint8Array) => boolean;
}

export class EventReader {
  readonly #parts: EventReaderParts;
  /** Flags that were told, and have not been seen clear since. */
  #told = 0;
  /** The flags are to be asked for, though SMS_ATN was cleared. */
  isDue = false;

  constructor(parts: EventReaderParts) {
    this.#parts = parts;
  }

  /** Asks for the flags and does what they say. False when it brought nothing but trouble. */
  async serve(): Promise<boolean> {
    const { statistics } = this.#parts;
    this.isDue = true;
    const flags = await this.#fetchFlags();
    if (flags === undefined) return false;
    this.#told &= flags;
    const before = statistics.events + statistics.incomingMessages;
    await this.#tellFlags(flags & ~this.#told);
    const isEmptied =
      ((flags & MessageFlag.RECEIVE_MESSAGE) === 0 || (await this.#drain(this.#messages))) &&
      ((flags & MessageFlag.EVENT_MESSAGE_BUFFER) === 0 || (await this.#drain(this.#events)));
    this.isDue = !isEmptied;
    return isEmptied || statistics.events + statistics.incomingMessages > before;
  }

  async #fetchFlags(): Promise<number | undefined> {
    this.#parts.statistics.flagFetches += 1;
    const how = { acknowledges: true };
    const { completionCode, data } = await this.#ask(AppCmd.GET_MESSAGE_FLAGS, [], how);
    return completionCode === Completion.OK ? data[0] : undefined;
  }

  /** The flags that say all there is to say. They are told first: clearing them may fail. */
  async #tellFlags(flags: number): Promise<void> {
    const { statistics, tell } = this.#parts;
    const oem = flags & MessageFlag.OEM;
    const isPretimeout = (flags & MessageFlag.WATCHDOG_PRETIMEOUT) !== 0;
    const news = flags & (MessageFlag.OEM | MessageFlag.WATCHDOG_PRETIMEOUT);
    if (news === 0) return;
    if (isPretimeout) {
      statistics.watchdogPretimeouts += 1;
      tell({ kind: 'watchdogPretimeout' });
    }
    if (oem !== 0) tell({ kind: 'oem', flags: oem });
    this.#told |= news;
    const { completionCode } = await this.#ask(AppCmd.CLEAR_MESSAGE_FLAGS, [news]);
    if (completionCode === Completion.OK) this.#told &= ~news;
  }

  readonly #messages: Source = {
    cmd: AppCmd.GET_MESSAGE,
    take: ([channel, ...data]) => {
      if (channel === undefined) return false;
      this.#parts.statistics.incomingMessages += 1;
      // The upper four bits are the privilege level it was sent with (§22.6).
      const bytes = Uint8Array.from(data);
      this.#parts.tell({ kind: 'message', channel: channel & 0x0f, data: bytes });
      return true;
    },
  };

  readonly #events: Source = {
    cmd: AppCmd.READ_EVENT_MESSAGE_BUFFER,
    take: (data) => {
      // Some BMCs answer for ever that all went well, with nothing behind it.
      if (data.length !== EVENT_BYTES) return false;
      this.#parts.statistics.events += 1;
      this.#parts.tell({ kind: 'event', record: decodeEventRecord(data) });
      return true;
    },
  };

  /** Reads one queue. False when there may be more in it. */
  async #drain({ cmd, take }: Source): Promise<boolean> {
    for (let reads = 0; reads < READS_MAX; reads += 1) {
      await this.#parts.pause.wait(PAUSE_MS);
      if (!this.#parts.isWanted()) return false;
      const { completionCode, data } = await this.#read(cmd);
      if (completionCode !== Completion.OK) return !isNotYet(completionCode);
      if (!take(data)) return true;
    }
    return false;
  }

  /** Counts an answer that is missing, because what it held has left the BMC. */
  async #read(cmd: number): Promise<Reply> {
    const { statistics } = this.#parts;
    try {
      const reply = await this.#ask(cmd);
      if (isAnswerMissing(reply.completionCode)) statistics.eventsMissed += 1;
      return reply;
    } catch (error) {
      if (error instanceof IpmiError && error.outcome !== 'not-sent') statistics.eventsMissed += 1;
      throw error;
    }
  }

  async #ask(
    cmd: number,
    data: readonly number[] = [],
    how: { acknowledges?: boolean } = {},
  ): Promise<Reply> {
    return await askOnce(this.#parts.driver, appRequest(cmd, ...data), how);
  }
}
