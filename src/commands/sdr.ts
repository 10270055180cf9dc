/**
 * The sensor data records of a BMC, which describe sensors and devices: those of its SDR repository
 * (IPMI 2.0 chapter 33), or device SDRs (§35.2..§35.4).
 */

import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { IpmiError, hex } from '../errors.ts';
import { DecodeError, decode } from '../ipmi/codec.ts';
import { Completion, isUnknownCommand } from '../ipmi/completion.ts';
import { GET_DEVICE_GUID, GET_SYSTEM_GUID, givenGuid } from '../ipmi/guid.ts';
import { FIRST_RECORD, NO_RECORD } from '../ipmi/record-read.ts';
import { GET_DEVICE_SDR_INFO, GET_SDR_REPOSITORY_INFO } from '../ipmi/sdr-commands.ts';
import type { DeviceSdrInfo, SdrRepositoryInfo } from '../ipmi/sdr-commands.ts';
import { SDR_RECORD, decodeSdrHeader } from '../ipmi/sdr-record.ts';
import type { SdrRecord } from '../ipmi/sdr-record.ts';
import { oneOf, withMethods } from '../option-table.ts';
import { failureOf } from './caller.ts';
import type { CallOptions, Caller } from './caller.ts';
import { cacheKey, cacheText, recordsIn } from './sdr-cache.ts';
import type { SdrCache } from './sdr-cache.ts';
import { SdrReader } from './sdr-reader.ts';
import {
  REPOSITORY,
  deviceState,
  deviceStore,
  furtherUnits,
  repositoryState,
} from './sdr-store.ts';
import type { SdrStore, SdrStoreState } from './sdr-store.ts';
import { CALL, CALL_TABLE, checkCalls } from './checked-calls.ts';
import type { Taken } from './checked-calls.ts';

/** Options of reading records. */
export interface SdrOptions extends CallOptions {
  /** Keeps the records of a repository that does not change; none by default. */
  readonly cache?: SdrCache | undefined;
  /**
   * The records to read: those of the `repository`, or the `device` SDRs of a controller; by
   * default device SDRs where the controller has no repository.
   */
  readonly source?: SdrSource | undefined;
}

/** The place of the records that are read. */
export type SdrSource = 'repository' | 'device';

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
  table: {
    ...CALL_TABLE,
    cache: withMethods('a cache', 'get', 'set'),
    source: oneOf('repository', 'device'),
  },
};

/** Commands of the SDR repository, and of device SDRs. */
export class Sdr {
  static {
    checkCalls(this, (method) => `sdr.${method}()`, {
      info: [CALL],
      deviceInfo: [CALL],
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

  /** Number of sensors of a controller that has device SDRs (§35.2). One transaction. */
  async deviceInfo(options: CallOptions = {}): Promise<DeviceSdrInfo> {
    return await this.#caller.call(GET_DEVICE_SDR_INFO, undefined, options);
  }

  /**
   * All records, in the order of the repository. One that cannot be read, or decoded, is an item
   * with its error. Takes records + 2 transactions; with a cache records + 3, or 2 if it has them.
   * A BMC that does not give whole records needs a reservation besides, and a transaction for each
   * part. Where the repository changes meanwhile it is read again, and what is new is an item.
   * Device SDRs take records + 2 for each logical unit, and one more to see that there is no
   * repository; they are not kept in a cache. Rejects where the reservations of three records
   * behind one another are lost, 17 times each.
   */
  async *records(options: SdrOptions = {}): AsyncGenerator<SdrItem, void, undefined> {
    const { cache, source, timeoutMs, signal } = options;
    const call = { timeoutMs, signal };
    if (source === 'device') {
      yield* this.#deviceRecords(await this.deviceInfo(call), call);
      return;
    }
    const key = cache && (await this.#key(call));
    const answer = await this.#caller.answer(GET_SDR_REPOSITORY_INFO, undefined, call);
    if (answer.value === undefined) {
      const failure = failureOf(GET_SDR_REPOSITORY_INFO, answer.completionCode);
      if (source !== undefined || !isUnknownCommand(answer.completionCode)) throw failure;
      const { value } = await this.#caller.answer(GET_DEVICE_SDR_INFO, undefined, call);
      if (value === undefined) throw failure;
      yield* this.#deviceRecords(value, call);
      return;
    }
    const state = repositoryState(answer.value);
    const { stamp } = state;
    const text = key === undefined || stamp === undefined ? undefined : await cache?.get(key);
    const known = text === undefined ? undefined : recordsIn(text, stamp ?? '');
    if (known !== undefined) {
      yield* known.map((bytes) => itemOf(bytes, REPOSITORY));
      return;
    }
    const read = yield* this.#passes(REPOSITORY, state, call);
    if (key === undefined || read?.stamp === undefined) return;
    await cache?.set(key, cacheText(read.stamp, read.records));
  }

  /** The device SDRs of all logical units; a record that several of them have is one item. */
  async *#deviceRecords(
    info: DeviceSdrInfo,
    options: CallOptions,
  ): AsyncGenerator<SdrItem, void, undefined> {
    const known = new Set<string>();
    for (const lun of [0, ...furtherUnits(info)]) {
      const store = deviceStore(lun);
      const state = lun === 0 ? deviceState(info) : await store.look(this.#caller, options);
      for await (const item of this.#passes(store, state, options)) {
        const text = textOf(item);
        if (!known.has(text)) yield item;
        known.add(text);
      }
    }
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

  /** Returns the records if all could be read, and are those of one state of the store. */
  async *#passes(
    store: SdrStore,
    state: SdrStoreState,
    options: CallOptions,
  ): AsyncGenerator<SdrItem, Whole | undefined, undefined> {
    const reader = new SdrReader({ store, caller: this.#caller, ...this.#means, options });
    const known = new Set<string>();
    let before = state;
    for (let passes = 1; ; passes += 1) {
      const items: SdrItem[] = [];
      let lost: SdrItem | undefined;
      for await (const item of walk(reader, { store, records: before.records })) {
        items.push(item);
        const text = textOf(item);
        if (item.error?.completionCode === Completion.NOT_FOUND) lost = item;
        else if (!known.has(text)) yield item;
        known.add(text);
      }
      const after = items.length === 0 ? before : await store.look(this.#caller, options);
      const isSame = after.change === before.change;
      // A record that is gone is what the change was.
      if (lost !== undefined && (isSame || passes === PASSES_MAX)) yield lost;
      if (isSame) return wholeOf(items, after.stamp);
      if (passes === PASSES_MAX) {
        yield restless(store);
        return undefined;
      }
      before = after;
    }
  }
}

/** All records of one state. */
interface Whole {
  readonly stamp: string | undefined;
  readonly records: readonly Uint8Array[];
}

function wholeOf(items: readonly SdrItem[], stamp: string | undefined): Whole | undefined {
  const records = items.flatMap(({ record, bytes }) => (record === undefined ? [] : [bytes]));
  return records.length === items.length && records.length > 0 ? { stamp, records } : undefined;
}

/** Equal for items that tell the same. */
function textOf({ recordId, bytes, error }: SdrItem): string {
  const text = bytes === undefined ? error?.message : Buffer.from(bytes).toString('hex');
  return `${recordId} ${text ?? ''}`;
}

/** Reads the records from the first to the last. */
async function* walk(
  reader: SdrReader,
  { store, records }: { readonly store: SdrStore; readonly records: number },
): AsyncGenerator<SdrItem, void, undefined> {
  const seen = new Set<number>();
  let [count, guesses, unreserved] = [0, 0, 0];
  for (let recordId = FIRST_RECORD; recordId !== NO_RECORD && records > 0;) {
    if (seen.has(recordId)) {
      yield { recordId, bytes: undefined, error: loop(recordId, store) };
      return;
    }
    seen.add(recordId);
    const { item, nextId } = await readOne(reader, recordId, store);
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
  store: SdrStore,
): Promise<{ readonly item: SdrItem; readonly nextId: number | undefined }> {
  try {
    const { bytes, nextId } = await reader.read(recordId);
    return { item: itemOf(bytes, store), nextId };
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

function itemOf(bytes: Uint8Array, store: SdrStore): SdrItem {
  const recordId = decodeSdrHeader(bytes)?.recordId ?? FIRST_RECORD;
  try {
    return { recordId, bytes, record: decode(SDR_RECORD, bytes) };
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    const text = `record ${hex(recordId)} of ${store.name}: ${cause.message}`;
    const error = new IpmiError('RESPONSE_MALFORMED', text, { outcome: 'answered', cause });
    return { recordId, bytes, error };
  }
}

function loop(recordId: number, { name }: SdrStore): IpmiError {
  const text =
    `${name}: there is a loop, the next record is ${hex(recordId)}, which was read before; the ` +
    'records behind it cannot be reached; restart the BMC';
  return new IpmiError('RESPONSE_MALFORMED', text, { outcome: 'answered' });
}

function restless({ name }: SdrStore): SdrItem {
  const text =
    `${name}: the records have changed ${PASSES_MAX} times while they were read; some may be ` +
    'missing; read them again when the changes are over';
  const error = new IpmiError('RESPONSE_MALFORMED', text, { outcome: 'answered' });
  return { recordId: NO_RECORD, bytes: undefined, error };
}
