/** The system event log, the SEL (IPMI 2.0 chapter 31). */

import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import type { BmcTime } from '../ipmi/bmc-time.ts';
import { Completion, isUnknownCommand } from '../ipmi/completion.ts';
import type { SensorLookup } from '../ipmi/entry-words.ts';
import { FIRST_RECORD } from '../ipmi/record-read.ts';
import {
  ADD_SEL_ENTRY,
  CLEAR_SEL,
  GET_SEL_ALLOCATION,
  GET_SEL_INFO,
  GET_SEL_TIME,
  GET_SEL_UTC_OFFSET,
  RESERVE_SEL,
  SET_SEL_TIME,
  SET_SEL_UTC_OFFSET,
  UTC_OFFSET_MAX_MINUTES,
} from '../ipmi/sel.ts';
import type { SelAllocation, SelInfo } from '../ipmi/sel.ts';
import { SINCE_START_MAX_S, TIME_UNSPECIFIED } from '../ipmi/bmc-time.ts';
import { checkInteger } from '../errors.ts';
import { aFunction, integer } from '../option-table.ts';
import { failureOf } from './caller.ts';
import type { CallOptions, Caller } from './caller.ts';
import { drain } from './sel-drain.ts';
import type { SelDrained } from './sel-drain.ts';
import { erase } from './sel-erasure.ts';
import { SelReader } from './sel-reader.ts';
import { SelWalk } from './sel-walk.ts';
import type { SelItem } from './sel-walk.ts';
import { CALL, CALL_TABLE, checkCalls } from './checked-calls.ts';
import type { Taken } from './checked-calls.ts';

/** The size of a SEL, with its allocation where the BMC tells it. */
export interface SelStatus extends SelInfo {
  readonly allocation: SelAllocation | undefined;
}

/** Options of reading entries. */
export interface EntriesOptions extends CallOptions {
  /** Facts of sensors, for their names and units. */
  readonly sensors?: SensorLookup | undefined;
  /** Number of the entry to begin with; the first by default. */
  readonly from?: number | undefined;
}

/** Options of {@link Sel.drain}. */
export interface DrainOptions extends CallOptions {
  /** Facts of sensors, for their names and units. */
  readonly sensors?: SensorLookup | undefined;
  /**
   * Is awaited when all entries were taken, before they are erased, as to write a file to disk. If
   * it rejects, nothing is erased. It is called again when entries have come meanwhile.
   */
  readonly beforeClear?: (() => void | Promise<void>) | undefined;
}

/** Clearing is tried so often while entries come. */
const CLEARS_MAX = 16;

const ENTRIES: Taken<EntriesOptions> = {
  example: '{ sensors }',
  table: { ...CALL_TABLE, sensors: aFunction, from: integer({ least: 0, most: 0xffff }) },
};

const DRAIN: Taken<DrainOptions> = {
  example: '{ beforeClear }',
  table: { ...CALL_TABLE, sensors: aFunction, beforeClear: aFunction },
};

/** Commands of the SEL. */
export class Sel {
  static {
    checkCalls(this, (method) => `sel.${method}()`, {
      info: [CALL],
      entries: [ENTRIES],
      drain: [DRAIN],
      clear: [CALL],
      add: [undefined, CALL],
      time: [CALL],
      setTime: [undefined, CALL],
      utcOffset: [CALL],
      setUtcOffset: [undefined, CALL],
    });
  }

  readonly #caller: Caller;
  readonly #clock: Clock;

  constructor(caller: Caller, clock: Clock = systemClock) {
    this.#caller = caller;
    this.#clock = clock;
  }

  /**
   * Entries, free space, times and support (§31.2), and the allocation (§31.3) where the BMC tells
   * it. One transaction, two with the allocation.
   */
  async info(options: CallOptions = {}): Promise<SelStatus> {
    const info = await this.#caller.call(GET_SEL_INFO, undefined, options);
    if (!info.support.hasAllocationInfo) return { ...info, allocation: undefined };
    const { value } = await this.#caller.answer(GET_SEL_ALLOCATION, undefined, options);
    return { ...info, allocation: value };
  }

  /**
   * Reads the entries one by one (§31.5). An entry that cannot be read is an item with its error;
   * an entry that is gone makes the reading begin again, without giving an entry twice. If the
   * entry `from` is not there any more, that is the first. N entries are N + 1 transactions; one
   * more where the BMC wants a reservation, and more for one that does not send entries whole.
   */
  async *entries(options: EntriesOptions = {}): AsyncGenerator<SelItem, void> {
    const { sensors, from = FIRST_RECORD, ...call } = options;
    const { entries } = await this.#caller.call(GET_SEL_INFO, undefined, call);
    if (entries === 0) return;
    yield* new SelWalk(new SelReader(this.#caller, call), sensors).items(from, entries);
  }

  /**
   * Reads all entries, and clears the SEL when the last one was taken and `beforeClear` has
   * resolved: no entry is lost that comes meanwhile. Stopping early clears nothing. The return
   * value of the iterator says how many entries were erased. Rejects, with nothing erased, if an
   * entry could not be read, if entries came during each of 16 attempts, and with the BMC's
   * completion code if it has no reservations (§31.4). N entries are N + 4 transactions, and more
   * while entries come or the erasure takes long.
   */
  async *drain(options: DrainOptions = {}): AsyncGenerator<SelItem, SelDrained> {
    const { sensors, beforeClear, ...call } = options;
    const means = { caller: this.#caller, clock: this.#clock, options: call };
    return yield* drain(means, { sensors, beforeClear });
  }

  /**
   * Erases all entries, read or not, and waits until that is done (§31.9). Two transactions, and
   * one more for each quarter of a second that it takes.
   */
  async clear(options: CallOptions = {}): Promise<void> {
    const means = { caller: this.#caller, clock: this.#clock, options };
    for (let attempt = 1; attempt <= CLEARS_MAX; attempt += 1) {
      if (await erase(means, await this.#reservation(options))) return;
    }
    throw failureOf(CLEAR_SEL, Completion.RESERVATION_LOST);
  }

  /**
   * Adds an entry of 16 bytes (§31.6) and resolves to its number. The BMC replaces the number, and
   * the time of a type that has one. One transaction.
   */
  async add(record: Uint8Array, options: CallOptions = {}): Promise<number> {
    return await this.#caller.call(ADD_SEL_ENTRY, record, options);
  }

  /** The SEL's clock (§31.10). One transaction. */
  async time(options: CallOptions = {}): Promise<BmcTime> {
    return await this.#caller.call(GET_SEL_TIME, undefined, options);
  }

  /**
   * Sets the SEL's clock (§31.11), in seconds since 1970: UTC plus {@link utcOffset}. One
   * transaction. Throws a `RangeError` for what is not a date of a BMC: 1987-01-05 or earlier.
   */
  async setTime(seconds: number, options: CallOptions = {}): Promise<void> {
    checkInteger('seconds', seconds, { least: SINCE_START_MAX_S + 1, most: TIME_UNSPECIFIED - 1 });
    await this.#caller.call(SET_SEL_TIME, seconds, options);
  }

  /**
   * Minutes from UTC to the SEL's clock (§31.11a): its time is UTC plus so much. Undefined where
   * it is unspecified, or the BMC does not have the command. One transaction.
   */
  async utcOffset(options: CallOptions = {}): Promise<number | undefined> {
    const answer = await this.#caller.answer(GET_SEL_UTC_OFFSET, undefined, options);
    const { completionCode, value } = answer;
    if (completionCode === Completion.OK || isUnknownCommand(completionCode)) return value;
    throw failureOf(GET_SEL_UTC_OFFSET, completionCode);
  }

  /**
   * Sets the minutes from UTC to the SEL's clock (§31.11b), -1440..1440; undefined makes them
   * unspecified. It does not change the clock. One transaction.
   */
  async setUtcOffset(minutes: number | undefined, options: CallOptions = {}): Promise<void> {
    const most = UTC_OFFSET_MAX_MINUTES;
    if (minutes !== undefined) checkInteger('minutes', minutes, { least: -most, most });
    await this.#caller.call(SET_SEL_UTC_OFFSET, minutes, options);
  }

  /** 0 where the BMC has no reservations, as §31.9 wants it. */
  async #reservation(options: CallOptions): Promise<number> {
    const { completionCode, value } = await this.#caller.answer(RESERVE_SEL, undefined, options);
    if (value !== undefined) return value;
    if (isUnknownCommand(completionCode)) return 0;
    throw failureOf(RESERVE_SEL, completionCode);
  }
}
