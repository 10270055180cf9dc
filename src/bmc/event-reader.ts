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
import type { Dropped } from '../driver/machine.ts';
import { MessageFlag } from '../ipmi/message-flags.ts';
import { readable } from '../ipmi/readable.ts';
import { AppCmd, NetFn } from '../ipmi/commands.ts';
import { appCommand } from './ask.ts';
import type { AskOptions, Asker } from './ask.ts';
import type { BridgedAnswers } from './bridged-answers.ts';
import type { Reply } from '../ipmi/message.ts';
import type { Statistics } from '../driver/statistics.ts';
import type { Log } from '../log.ts';
import type { Refusal } from './global-enables.ts';
import type { Section } from './section.ts';

/** Most reads of one queue in a row. */
export const READS_MAX = 10;

/** Pause between two reads, in which a caller's request that waits is sent. */
export const PAUSE_MS = 5;

/** Everything an {@link EventReader} is built from. */
export interface EventReaderParts {
  readonly asker: Asker;
  readonly section: Section;
  readonly pause: Pause;
  readonly statistics: Statistics;
  readonly log: Log;
  /** True while there is a listener to events, or an answer is awaited. */
  readonly isWanted: () => boolean;
  /** True while there is a listener. */
  readonly isHeard: () => boolean;
  /** Takes the answers that are awaited from among the messages. */
  readonly answers: Pick<BridgedAnswers, 'offer' | 'emptied'>;
  /**
   * Returns what tells the listeners of then, if there are any; else the listeners of now.
   */
  readonly audience: () => Tell;
  /** Called when the BMC refuses a command without which no events come. */
  readonly refused: (refusal: Refusal) => void;
}

/** Tells an event to listeners. */
export type Tell = (event: BmcEvent) => void;

/** A queue of the BMC; `cmd` reads one entry and removes it. */
interface Source {
  readonly cmd: number;
  /** True while there is a reason to read it: what is read is taken from every other program. */
  readonly isWanted: () => boolean;
  /** Emits the entry that was read; false when there was none, so that the queue is empty. */
  readonly take: (data: Uint8Array, tell: Tell) => boolean;
  /** Called when it was found empty. */
  readonly emptied?: () => void;
}

/** The result of reading a queue. */
interface Drained {
  /** False when the queue may hold more. */
  readonly isEmptied: boolean;
  /** Number of events or messages that were read and emitted. */
  readonly taken: number;
}

/** Answers of an empty queue, or of one that can be read later. */
function isRefusal(completionCode: number): boolean {
  const isUsual = completionCode === Completion.OK || completionCode === Completion.EMPTY;
  return !isUsual && !isNotYet(completionCode) && !isAnswerMissing(completionCode);
}

export class EventReader {
  readonly #parts: EventReaderParts;
  /** Flags that were emitted, and have not been read as clear since. */
  #told = 0;
  /** The entry read last. */
  #lastEvent: Uint8Array | undefined;
  #isReading = false;
  /** A read has ended without its answer, which was counted and may still come. */
  #isOwed = false;
  /** Events that were dropped during the read in flight. */
  #dropped: Uint8Array[] = [];
  /** The flags must be read, even if the attention bit is clear. */
  isDue = false;

  constructor(parts: EventReaderParts) {
    this.#parts = parts;
  }

  /** Reads the flags and serves them. False when that brought nothing but errors. */
  async serve(): Promise<boolean> {
    this.isDue = true;
    const flags = await this.#parts.section(() => this.#takeFlags());
    if (flags === undefined) return false;
    const due = [
      ...((flags & MessageFlag.RECEIVE_MESSAGE) === 0 ? [] : [this.#messages]),
      ...((flags & MessageFlag.EVENT_MESSAGE_BUFFER) === 0 ? [] : [this.#events]),
    ];
    const { isEmptied, taken } = await this.#drainAll(due);
    this.isDue = !isEmptied;
    return isEmptied || taken > 0;
  }

  /** Reads the messages alone, because an answer is awaited; returns how many there were. */
  async serveMessages(): Promise<number> {
    const { taken } = await this.#drain(this.#messages);
    return taken;
  }

  /**
   * Takes note of a response that answered no request and was dropped. An event in it is lost: it
   * was asked for by a process that has ended, or by this one, which did not get the answer in time
   * and has counted that.
   */
  dropped({ netFn, cmd, reply: { completionCode, data } }: Dropped): void {
    const isEvent = netFn === NetFn.APP && cmd === AppCmd.READ_EVENT_MESSAGE_BUFFER;
    if (!isEvent || completionCode !== Completion.OK || data.length === 0) return;
    if (this.#isReading) this.#dropped.push(data);
    else this.#loseDropped(data, this.#isOwed);
  }

  #loseDropped(data: Uint8Array, isCounted: boolean): void {
    // The BMC has sent its answer twice.
    if (this.#lastEvent !== undefined && Buffer.compare(this.#lastEvent, data) === 0) return;
    this.#lose(data, isCounted ? 0 : 1);
  }

  /** Counts events that were taken from the BMC and cannot be told, and logs the one known. */
  #lose(data: Uint8Array, count: number): void {
    this.#parts.statistics.eventsMissed += count;
    this.#parts.log.warn({ record: Buffer.from(data).toString('hex') }, 'event missed');
  }

  /**
   * Reads the flags, and emits and clears those behind which there is nothing to read. In a
   * section, so that no flag is cleared that has risen after another process has cleared it.
   */
  async #takeFlags(): Promise<number | undefined> {
    // Flags that are read are told, even if the listener has gone meanwhile.
    const tell = this.#parts.audience();
    const flags = await this.#fetchFlags();
    if (flags === undefined) return undefined;
    this.#told &= flags;
    await this.#tellFlags(flags & ~this.#told, tell);
    return flags;
  }

  async #fetchFlags(): Promise<number | undefined> {
    this.#parts.statistics.flagFetches += 1;
    const cmd = AppCmd.GET_MESSAGE_FLAGS;
    const { completionCode, data } = await this.#ask(cmd, [], { acknowledges: true });
    const flags = completionCode === Completion.OK ? data[0] : undefined;
    if (flags === undefined) this.#parts.refused({ cmd, completionCode });
    return flags;
  }

  /** Emits the flags behind which there is nothing to read, then clears them, which may fail. */
  async #tellFlags(flags: number, tell: Tell): Promise<void> {
    const { statistics } = this.#parts;
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
    isWanted: () => this.#parts.isWanted(),
    emptied: () => {
      this.#parts.answers.emptied();
    },
    take: ([channel, ...data], tell) => {
      if (channel === undefined) return false;
      const { statistics, answers, isHeard, log } = this.#parts;
      statistics.incomingMessages += 1;
      // The upper four bits are the privilege level of the message (§22.6).
      const message = { channel: channel & 0x0f, data: Uint8Array.from(data) };
      if (answers.offer(message.channel, message.data)) return true;
      if (!isHeard()) {
        // It may be a bridged answer with a secret, and is not shown.
        statistics.eventsMissed += 1;
        log.warn({ channel: message.channel }, 'message missed: there is no listener');
      }
      tell(readable({ kind: 'message', ...message }));
      return true;
    },
  };

  readonly #events: Source = {
    cmd: AppCmd.READ_EVENT_MESSAGE_BUFFER,
    // An awaited answer is no reason: the event would be told to no listener.
    isWanted: () => this.#parts.isHeard(),
    take: (data, tell) => {
      // Some BMCs answer with success and without data for ever.
      if (data.length === 0) return false;
      if (data.length !== EVENT_RECORD_BYTES) {
        this.#lose(data, 1);
        return false;
      }
      this.#parts.statistics.events += 1;
      tell({ kind: 'event', record: readable(decodeEventRecord(data)) });
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

  async #drain(source: Source): Promise<Drained> {
    const drained = await this.#readAll(source);
    if (drained.isEmptied) source.emptied?.();
    return drained;
  }

  async #readAll({ cmd, isWanted, take }: Source): Promise<Drained> {
    for (let taken = 0; taken < READS_MAX; taken += 1) {
      await this.#parts.pause.wait(PAUSE_MS);
      if (!isWanted()) return { isEmptied: false, taken };
      // An entry that is read is told, even if the listener has gone meanwhile.
      const tell = this.#parts.audience();
      const { completionCode, data } = await this.#read(cmd);
      if (isRefusal(completionCode)) this.#parts.refused({ cmd, completionCode });
      if (completionCode !== Completion.OK) return { isEmptied: !isNotYet(completionCode), taken };
      if (!take(data, tell)) return { isEmptied: true, taken };
    }
    return { isEmptied: false, taken: READS_MAX };
  }

  /** Reads one entry. Counts an answer that is missing, because its entry is lost. */
  async #read(cmd: number): Promise<Reply> {
    const wasOwed = this.#isOwed;
    this.#isReading = true;
    try {
      // It may have waited behind a caller's request until its time was nearly over.
      const reply = await this.#ask(cmd, [], { takes: true });
      const { completionCode, data } = reply;
      this.#isOwed = isAnswerMissing(completionCode);
      if (completionCode === Completion.OK) this.#lastEvent = data;
      return reply;
    } catch (error) {
      this.#isOwed = error instanceof IpmiError && error.outcome !== 'not-sent';
      throw error;
    } finally {
      this.#isReading = false;
      if (this.#isOwed) this.#parts.statistics.eventsMissed += 1;
      for (const data of this.#dropped.splice(0)) {
        this.#loseDropped(data, wasOwed || this.#isOwed);
      }
    }
  }

  async #ask(cmd: number, data: readonly number[], options: AskOptions = {}): Promise<Reply> {
    return await this.#parts.asker.request(appCommand(cmd, ...data), options);
  }
}
