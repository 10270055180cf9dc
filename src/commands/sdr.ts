/** The SDR repository of a BMC, which describes sensors and devices (IPMI 2.0 chapter 33). */

import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { IpmiError, hex } from '../errors.ts';
import { DecodeError, decode } from '../ipmi/codec.ts';
import { Completion } from '../ipmi/completion.ts';
import { GET_DEVICE_GUID, GET_SYSTEM_GUID, givenGuid } from '../ipmi/guid.ts';
import { FIRST_RECORD, NO_RECORD } from '../ipmi/record-read.ts';
import { GET_SDR_REPOSITORY_INFO } from '../ipmi/sdr-commands.ts';
import type { SdrRepositoryInfo } from '../ipmi/sdr-commands.ts';
import { SDR_RECORD, decodeSdrHeader } from '../ipmi/sdr-record.ts';
import type { SdrRecord } from '../ipmi/sdr-record.ts';
import { withMethods } from '../option-table.ts';
import type { CallOptions, Caller } from './caller.ts';
import { cacheKey, cacheText, changeOf, recordsIn, stampOf } from './sdr-cache.ts';
import type { SdrCache } from './sdr-cache.ts';
import { SdrReader } from './sdr-reader.ts';
import { CALL, CALL_TABLE, checkCalls } from './checked-calls.ts';
import type { Taken } from './checked-calls.ts';

/** Options of reading records. */
export interface SdrOptions extends CallOptions {
  /** Keeps the records of a repository that does not change; none by default. */
  readonly cache?: SdrCache | undefined;
}

/** A record, or the error in its place. */
export type SdrItem =
  | {
      readonly recordId: number;
      /** The whole record. */
      readonly bytes: Uint8Array;
      readonly record: SdrRecord;
      readonly error?: undefined;
    }
  | {
      readonly recordId: number;
      /** The record, if it was read but has not the layout of its type. */
      readonly bytes: Uint8Array | undefined;
      readonly record?: undefined;
      readonly error: IpmiError;
    };

/** Where the time and the chance of pauses come from. */
export interface SdrMeans {
  readonly clock: Clock;
  /** From 0 up to 1, 1 excluded. */
  readonly random: () => number;
}

/** A repository that changes each time while it is read is given up after so many times. */
const PASSES_MAX = 3;

/** Records behind one another that say nothing of the next one; after these no more is guessed. */
const GUESSES_MAX = 8;

/**
 * Records behind one another whose reservations are all lost: it is the BMC, or what other programs
 * do with it, and each record more would take seconds.
 */
const UNRESERVED_MAX = 3;

/** Codes that are about the BMC, and not about one record. */
const OF_THE_BMC: ReadonlySet<number> = new Set([
  ...[Completion.INVALID_COMMAND, Completion.INVALID_COMMAND_ON_LUN],
  ...[Completion.SDR_UPDATE, Completion.FIRMWARE_UPDATE, Completion.INITIALIZING],
  ...[Completion.NO_PRIVILEGE, Completion.NOT_IN_THIS_STATE, Completion.DISABLED],
]);

const SYSTEM_MEANS: SdrMeans = { clock: systemClock, random: Math.random };

export const SDR_OPTIONS: Taken<SdrOptions> = {
  example: '{ cache }',
  table: { ...CALL_TABLE, cache: withMethods('a cache', 'get', 'set') },
};

/** Commands of the SDR repository. */
export class Sdr {
  static {
    checkCalls(this, (method) => `sdr.${method}()`, {
      info: [CALL],
      records: [SDR_OPTIONS],
    });
  }

  readonly #caller: Caller;
  readonly #means: SdrMeans;

  constructor(caller: Caller, means = SYSTEM_MEANS) {
    this.#caller = caller;
    this.#means = means;
  }

  /** Number of records, and when they were changed (§33.9). One transaction. */
  async info(options: CallOptions = {}): Promise<SdrRepositoryInfo> {
    return await this.#caller.call(GET_SDR_REPOSITORY_INFO, undefined, options);
  }

  /**
   * All records, in the order of the repository. One that cannot be read, or decoded, is an item
   * with its error. Takes records + 2 transactions; with a cache records + 3, or 2 if it has them.
   * A BMC that does not give whole records needs a reservation besides, and a transaction for each
   * part. Where the repository changes meanwhile it is read again, and what is new is an item.
   * Rejects where the reservations of three records behind one another are lost, 17 times each.
   */
  async *records(options: SdrOptions = {}): AsyncGenerator<SdrItem, void, undefined> {
    const { cache, timeoutMs, signal } = options;
    const call = { timeoutMs, signal };
    const key = cache && (await this.#key(call));
    const info = await this.info(call);
    const stamp = key === undefined ? undefined : stampOf(info);
    const text = key === undefined || stamp === undefined ? undefined : await cache?.get(key);
    const known = text === undefined ? undefined : recordsIn(text, stamp ?? '');
    if (known !== undefined) {
      yield* known.map(itemOf);
      return;
    }
    const read = yield* this.#passes(info, call);
    if (key === undefined || read === undefined) return;
    const fresh = stampOf(read.info);
    if (fresh !== undefined) await cache?.set(key, cacheText(fresh, read.records));
  }

  /** The GUID of the system, or of the BMC where there is none. */
  async #key(options: CallOptions): Promise<string | undefined> {
    for (const command of [GET_SYSTEM_GUID, GET_DEVICE_GUID]) {
      const { value } = await this.#caller.answer(command, undefined, options);
      const guid = value && givenGuid(value);
      if (guid !== undefined) return cacheKey(guid);
    }
    return undefined;
  }

  /** Returns the records if all could be read, and are those of one state of the repository. */
  async *#passes(
    info: SdrRepositoryInfo,
    options: CallOptions,
  ): AsyncGenerator<SdrItem, Whole | undefined, undefined> {
    const reader = new SdrReader({ caller: this.#caller, ...this.#means, options });
    const known = new Set<string>();
    let before = info;
    for (let passes = 1; ; passes += 1) {
      const items: SdrItem[] = [];
      let lost: SdrItem | undefined;
      for await (const item of walk(reader, before.records)) {
        items.push(item);
        const text = textOf(item);
        if (item.error?.completionCode === Completion.NOT_FOUND) lost = item;
        else if (!known.has(text)) yield item;
        known.add(text);
      }
      const after = items.length === 0 ? before : await this.info(options);
      const isSame = changeOf(after) === changeOf(before);
      // A record that is gone is what the change was.
      if (lost !== undefined && (isSame || passes === PASSES_MAX)) yield lost;
      if (isSame) return wholeOf(items, after);
      if (passes === PASSES_MAX) {
        yield restless();
        return undefined;
      }
      before = after;
    }
  }
}

/** All records of one state. */
interface Whole {
  readonly info: SdrRepositoryInfo;
  readonly records: readonly Uint8Array[];
}

function wholeOf(items: readonly SdrItem[], info: SdrRepositoryInfo): Whole | undefined {
  const records = items.flatMap(({ record, bytes }) => (record === undefined ? [] : [bytes]));
  return records.length === items.length && records.length > 0 ? { info, records } : undefined;
}

/** Equal for items that tell the same. */
function textOf({ recordId, bytes, error }: SdrItem): string {
  const text = bytes === undefined ? error?.message : Buffer.from(bytes).toString('hex');
  return `${recordId} ${text ?? ''}`;
}

/** Reads the records from the first to the last. */
async function* walk(reader: SdrReader, records: number): AsyncGenerator<SdrItem, void, undefined> {
  const seen = new Set<number>();
  let [count, guesses, unreserved] = [0, 0, 0];
  for (let recordId = FIRST_RECORD; recordId !== NO_RECORD && records > 0;) {
    if (seen.has(recordId)) {
      yield { recordId, bytes: undefined, error: loop(recordId) };
      return;
    }
    seen.add(recordId);
    const { item, nextId } = await readOne(reader, recordId);
    seen.add(item.recordId);
    const { error } = item;
    unreserved = error?.completionCode === Completion.RESERVATION_LOST ? unreserved + 1 : 0;
    if (error !== undefined && unreserved === UNRESERVED_MAX) throw error;
    yield item;
    count += 1;
    if (error?.completionCode === Completion.NOT_FOUND) return;
    guesses = nextId === undefined ? guesses + 1 : 0;
    if (nextId === undefined && (guesses > GUESSES_MAX || count >= records)) return;
    recordId = nextId ?? recordId + 1;
  }
}

/** One record; without `nextId` the BMC does not say which one is next. */
async function readOne(
  reader: SdrReader,
  recordId: number,
): Promise<{ readonly item: SdrItem; readonly nextId: number | undefined }> {
  try {
    const { bytes, nextId } = await reader.read(recordId);
    return { item: itemOf(bytes), nextId };
  } catch (error) {
    if (!isOfRecord(error)) throw error;
    const item: SdrItem = { recordId, bytes: undefined, error };
    if (error.completionCode === Completion.NOT_FOUND) return { item, nextId: undefined };
    return { item, nextId: (await reader.readHeader(recordId))?.nextId };
  }
}

function isOfRecord(error: unknown): error is IpmiError {
  if (!(error instanceof IpmiError)) return false;
  if (error.code === 'RESPONSE_MALFORMED') return true;
  return error.code === 'COMMAND_FAILED' && !OF_THE_BMC.has(error.completionCode ?? 0);
}

function itemOf(bytes: Uint8Array): SdrItem {
  const recordId = decodeSdrHeader(bytes)?.recordId ?? FIRST_RECORD;
  try {
    return { recordId, bytes, record: decode(SDR_RECORD, bytes) };
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    const text = `record ${hex(recordId)} of the SDR repository: ${cause.message}`;
    const error = new IpmiError('RESPONSE_MALFORMED', text, { outcome: 'answered', cause });
    return { recordId, bytes, error };
  }
}

function loop(recordId: number): IpmiError {
  const text =
    `the SDR repository has a loop: its next record is ${hex(recordId)}, which was read before; ` +
    'the records behind it cannot be reached; restart the BMC';
  return new IpmiError('RESPONSE_MALFORMED', text, { outcome: 'answered' });
}

function restless(): SdrItem {
  const text =
    `the SDR repository has changed ${PASSES_MAX} times while it was read; ` +
    'records may be missing; read it again when its changes are over';
  const error = new IpmiError('RESPONSE_MALFORMED', text, { outcome: 'answered' });
  return { recordId: NO_RECORD, bytes: undefined, error };
}
