/**
 * Serves SMS_ATN while somebody listens: asks what it was set for, and reads events and messages
 * until there are no more. Reading takes them away from everybody else, so that nothing is read
 * while nobody listens, and no read is ever repeated.
 *
 * A BMC may have events without end, none at all behind its flags, or an SMS_ATN that sticks. So
 * a row of reads is bounded, a pause follows each of them in which callers' requests get their
 * turn, and what brings nothing is tried ever more rarely.
 */

import type { Clock } from '../clock.ts';
import { IpmiError } from '../errors.ts';
import type { BmcEvent } from '../ipmi/bmc-event.ts';
import { Completion, isAnswerMissing, isNotYet } from '../ipmi/completion.ts';
import { decodeEventRecord } from '../ipmi/event-record.ts';
import { MessageFlag } from '../ipmi/message-flags.ts';
import { AppCmd } from '../ipmi/netfn.ts';
import type { Log } from '../log.ts';
import { appRequest, isSilence } from './bring-up.ts';
import type { BtDriver, SubmitOptions } from './driver.ts';
import type { Reply } from './frame.ts';
import { GlobalEnables } from './global-enables.ts';
import { Pause } from './pause.ts';
import type { Statistics } from './statistics.ts';

/** Time from one look at SMS_ATN to the next. */
export const LOOK_MS = 200;

/** Where it brings nothing but trouble: then twice as long, up to this. */
export const LOOK_MAX_MS = 30_000;

/**
 * How often flags and Global Enables are asked for though SMS_ATN is 0: a BMC that restarts
 * forgets both of them, and may do so unseen.
 */
export const RECHECK_MS = 10_000;

/** Most reads of one queue in a row. */
export const READS_MAX = 10;

/** Between two reads, so that a caller's request that waits is sent. */
const PAUSE_MS = 5;

/** Time to put back what was changed, when the device closes. */
export const PUT_BACK_MS = 5000;

/** An event in the buffer has the form of an SEL record (§22.8). */
const EVENT_BYTES = 16;

/** What attention is made of. */
export interface AttentionParts {
  readonly driver: BtDriver;
  readonly clock: Clock;
  readonly log: Log;
  readonly statistics: Statistics;
  /** Whether the BMC is being looked for, and not to be asked for anything else. */
  readonly isAway: () => boolean;
  /** The BMC does not answer. */
  readonly onSilence: () => void;
  readonly tell: (event: BmcEvent) => void;
}

/** How a destructive read differs from another. */
interface Source {
  readonly cmd: number;
  /** Tells what was read; false when it is nothing, and there is no more. */
  readonly take: (data: Uint8Array) => boolean;
}

export class Attention {
  readonly #parts: AttentionParts;
  readonly #enables: GlobalEnables;
  readonly #pause: Pause;
  #isWanted = false;
  #isClosed = false;
  /** While there is somebody to listen, or something to put back. */
  #running: Promise<void> | undefined;
  /** The flags are to be asked for, though SMS_ATN was cleared. */
  #isDue = false;
  #recheckAtMs = 0;
  /** Flags that were told, and have not been seen clear since. */
  #told = 0;

  constructor(parts: AttentionParts) {
    this.#parts = parts;
    this.#pause = new Pause(parts.clock);
    this.#enables = new GlobalEnables((cmd, ...data) => this.#ask(cmd, data));
  }

  /** Whether {@link end} has something to do. */
  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Somebody listens from now on, or nobody does. Idempotent. */
  listen(isWanted: boolean): void {
    if (isWanted === this.#isWanted || this.#isClosed) return;
    this.#isWanted = isWanted;
    if (isWanted) this.renew();
    this.#pause.end();
    if (isWanted) this.#running ??= this.#run();
  }

  /** The BMC may have forgotten what it was told, and have something to say. */
  renew(): void {
    this.#recheckAtMs = 0;
    this.#pause.end();
  }

  /** Nobody listens any more: resolves when all is as it was, or `PUT_BACK_MS` later. */
  async end(): Promise<void> {
    this.listen(false);
    const running = this.#running;
    if (running === undefined) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#parts.clock.timer(PUT_BACK_MS, resolve, true);
      void running.then(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Stops at once, and puts nothing back. Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#isWanted = false;
    this.#pause.end();
  }

  async #run(): Promise<void> {
    try {
      do {
        await this.#watch();
        await this.#putBack();
      } while (this.#isWanted);
    } catch (error) {
      this.#parts.driver.crash(error);
    }
    this.#running = undefined;
  }

  async #watch(): Promise<void> {
    let gapMs = LOOK_MS;
    while (this.#isWanted) {
      const isWell = await this.#unlessSilent(() => this.#look());
      gapMs = isWell ? LOOK_MS : Math.min(2 * gapMs, LOOK_MAX_MS);
      await this.#rest(gapMs);
    }
  }

  #mayPutBack(): boolean {
    return !this.#isClosed && !this.#isWanted;
  }

  async #rest(gapMs: number): Promise<void> {
    if (this.#isWanted) await this.#pause.wait(gapMs);
  }

  async #putBack(): Promise<void> {
    while (this.#mayPutBack() && this.#parts.isAway()) await this.#pause.wait(LOOK_MS);
    if (!this.#mayPutBack()) return;
    const isDone = await this.#unlessSilent(() => this.#enables.putBack());
    if (!isDone) this.#parts.log.warn({}, 'global enables not put back');
  }

  /** One look at SMS_ATN, and what follows from it. False when it brought nothing but trouble. */
  async #look(): Promise<boolean> {
    const { driver, clock, isAway, onSilence } = this.#parts;
    if (isAway()) return true;
    const glance = driver.glance();
    if (glance === 'closed') this.close();
    if (glance === 'absent') onSilence();
    if (glance === 'attention') this.#isDue = true;
    if (glance === 'closed' || glance === 'absent') return true;

    let isWell = true;
    if (clock.now() >= this.#recheckAtMs) {
      this.#isDue = true;
      isWell = await this.#enables.enable();
      if (isWell) this.#recheckAtMs = clock.now() + RECHECK_MS;
    }
    return this.#isDue && this.#isWanted ? (await this.#serve()) && isWell : isWell;
  }

  /** Asks for the flags and does what they say. False when it brought nothing but trouble. */
  async #serve(): Promise<boolean> {
    const { statistics } = this.#parts;
    this.#isDue = true;
    const flags = await this.#fetchFlags();
    if (flags === undefined) return false;
    this.#told &= flags;
    const before = statistics.events + statistics.incomingMessages;
    await this.#tellFlags(flags & ~this.#told);
    const isEmptied =
      ((flags & MessageFlag.RECEIVE_MESSAGE) === 0 || (await this.#drain(this.#messages))) &&
      ((flags & MessageFlag.EVENT_MESSAGE_BUFFER) === 0 || (await this.#drain(this.#events)));
    this.#isDue = !isEmptied;
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
      await this.#pause.wait(PAUSE_MS);
      if (!this.#isWanted) return false;
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
    how: Pick<SubmitOptions, 'acknowledges'> = {},
  ): Promise<Reply> {
    const options = { ...how, retries: 0, internal: true };
    return await this.#parts.driver.submit(appRequest(cmd, ...data), options).result();
  }

  /** False when the BMC, or the way to it, fails us. */
  async #unlessSilent(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof IpmiError)) throw error;
      if (isSilence(error)) this.#parts.onSilence();
      return false;
    }
  }
}
