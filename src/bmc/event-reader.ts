/**
 * Reads the message flags, then the events and messages that they announce, until the queues are
 * empty (IPMI 2.0 §22.3 to §22.8). A read takes an event out of the BMC, so that no read is
 * repeated.
 *
 * A BMC may have events without end, or none at all behind its flags. So the number of reads in a
 * row is bounded, with a pause between two reads in which callers' requests are sent.
 */

import type { Pause } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import type { BmcEvent } from '../ipmi/bmc-event.ts';
import { Completion, isAnswerMissing, isNotYet } from '../ipmi/completion.ts';
import { EVENT_RECORD_BYTES, decodeEventRecord } from '../ipmi/event-record.ts';
import { MessageFlag } from '../ipmi/message-flags.ts';
import { readable } from '../ipmi/readable.ts';
import { AppCmd } from '../ipmi/commands.ts';
import { appCommand } from './ask.ts';
import type { AskOptions, Asker } from './ask.ts';
import type { Reply } from '../ipmi/message.ts';
import type { Statistics } from '../driver/statistics.ts';

/** Most reads of one queue in a row. */
export const READS_MAX = 10;

/** Pause between two reads, in which a caller's request that waits is sent. */
export const PAUSE_MS = 5;

/** Everything an {@link EventReader} is built from. */
export interface EventReaderParts {
  readonly asker: Asker;
  readonly pause: Pause;
  readonly statistics: Statistics;
  /** True while there is a listener. */
  readonly isWanted: () => boolean;
  readonly tell: (event: BmcEvent) => void;
}

/** A queue of the BMC; `cmd` reads one entry and removes it. */
interface Source {
  readonly cmd: number;
  /** Emits the entry that was read; false when there was none, so that the queue is empty. */
  readonly take: (data: Uint8Array) => boolean;
}

/** The result of reading a queue. */
interface Drained {
  /** False when the queue may hold more. */
  readonly isEmptied: boolean;
  /** Number of events or messages that were read and emitted. */
  readonly taken: number;
}

export class EventReader {
  readonly #parts: EventReaderParts;
  /** Flags that were emitted, and have not been read as clear since. */
  #told = 0;
  /** The flags must be read, even if the attention bit is clear. */
  isDue = false;

  constructor(parts: EventReaderParts) {
    this.#parts = parts;
  }

  /** Reads the flags and serves them. False when that brought nothing but errors. */
  async serve(): Promise<boolean> {
    this.isDue = true;
    const flags = await this.#fetchFlags();
    if (flags === undefined) return false;
    this.#told &= flags;
    await this.#tellFlags(flags & ~this.#told);
    const due = [
      ...((flags & MessageFlag.RECEIVE_MESSAGE) === 0 ? [] : [this.#messages]),
      ...((flags & MessageFlag.EVENT_MESSAGE_BUFFER) === 0 ? [] : [this.#events]),
    ];
    const { isEmptied, taken } = await this.#drainAll(due);
    this.isDue = !isEmptied;
    return isEmptied || taken > 0;
  }

  async #fetchFlags(): Promise<number | undefined> {
    this.#parts.statistics.flagFetches += 1;
    const how = { acknowledges: true };
    const { completionCode, data } = await this.#ask(AppCmd.GET_MESSAGE_FLAGS, [], how);
    return completionCode === Completion.OK ? data[0] : undefined;
  }

  /** Emits the flags behind which there is nothing to read, then clears them, which may fail. */
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
      // The upper four bits are the privilege level of the message (§22.6).
      const bytes = Uint8Array.from(data);
      this.#parts.tell(readable({ kind: 'message', channel: channel & 0x0f, data: bytes }));
      return true;
    },
  };

  readonly #events: Source = {
    cmd: AppCmd.READ_EVENT_MESSAGE_BUFFER,
    take: (data) => {
      // Some BMCs answer with success and without data for ever.
      if (data.length !== EVENT_RECORD_BYTES) return false;
      this.#parts.statistics.events += 1;
      this.#parts.tell({ kind: 'event', record: readable(decodeEventRecord(data)) });
      return true;
    },
  };

  /** Reads the queues one after the other, up to the first that is not emptied. */
  async #drainAll(sources: readonly Source[]): Promise<Drained> {
    let taken = 0;
    for (const source of sources) {
      const drained = await this.#drain(source);
      taken += drained.taken;
      if (!drained.isEmptied) return { isEmptied: false, taken };
    }
    return { isEmptied: true, taken };
  }

  async #drain({ cmd, take }: Source): Promise<Drained> {
    for (let taken = 0; taken < READS_MAX; taken += 1) {
      await this.#parts.pause.wait(PAUSE_MS);
      if (!this.#parts.isWanted()) return { isEmptied: false, taken };
      const { completionCode, data } = await this.#read(cmd);
      if (completionCode !== Completion.OK) return { isEmptied: !isNotYet(completionCode), taken };
      if (!take(data)) return { isEmptied: true, taken };
    }
    return { isEmptied: false, taken: READS_MAX };
  }

  /** Reads one entry. Counts an answer that is missing, because its entry is lost. */
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

  async #ask(cmd: number, data: readonly number[] = [], options: AskOptions = {}): Promise<Reply> {
    return await this.#parts.asker.request(appCommand(cmd, ...data), options);
  }
}
