/**
 * The SDR repository of a simulated BMC and its commands (IPMI 2.0 chapter 33). Parts of records
 * need a reservation, as they do on a BMC; options make it as difficult as some BMCs are.
 */

import {
  DATA_LENGTH_INVALID,
  NOT_FOUND,
  OK,
  PARAMETER_OUT_OF_RANGE,
  RESERVATION_CANCELLED,
} from './command-record.ts';
import type { SimReply } from './command-record.ts';
import { long, word, wordOf as idOf } from './little-endian.ts';
import { noData } from './part.ts';
import type { PartTable } from './part.ts';
import { Reservation } from './reservation.ts';
import { SIM_SDRS, STARTED_AT_S } from './storage-data.ts';

/** A request for a record, or for a part of it. */
export interface SimSdrRead {
  /** As asked: 0 is the first record, 0xffff the last. */
  readonly recordId: number;
  readonly offset: number;
  /** 0xff: all bytes. */
  readonly count: number;
}

/** Options of the repository; without any it behaves as specified. */
export interface SimSdrOptions {
  /** Whole records, header included; a small set by default. */
  readonly records?: readonly (readonly number[])[] | undefined;
  /** Times of the last addition and of the last deletion, seconds since 1970. */
  readonly changedAt?: readonly [addedAt: number, erasedAt: number] | undefined;
  /** Returns the completion code with which a read is refused; undefined: it is answered. */
  readonly refuse?: (read: SimSdrRead) => number | undefined;
  /** The whole record is given whatever is asked for, or so many bytes from the offset on. */
  readonly ignoresCount?: 'whole' | number | undefined;
  /** A reservation is cancelled after so many reads of parts, as by another reader. */
  readonly readsPerReservation?: number | undefined;
  /** Returns the number of the next record that is told in place of the right one. */
  readonly nextId?: ((recordId: number, right: number) => number) | undefined;
}

const FIRST = 0x0000;
const LAST = 0xffff;
const WHOLE = 0xff;
const VERSION = 0x51;
const FREE_BYTES = 0x1000;

/** Reservations are supported, and nothing else that may be. */
const RESERVES = 0x02;

/** Nothing was deleted. */
const CHANGED_AT = [STARTED_AT_S, 0] as const;

/** The records of one BMC. */
export class SimSdrs {
  readonly #options: SimSdrOptions;
  #list: readonly (readonly number[])[];
  #changedAt: readonly [addedAt: number, erasedAt: number];
  readonly #reservation = new Reservation();
  #reads = 0;

  constructor(options: SimSdrOptions = {}) {
    this.#options = options;
    this.#list = options.records ?? SIM_SDRS;
    this.#changedAt = options.changedAt ?? CHANGED_AT;
  }

  /** The records, in order. */
  get records(): readonly (readonly number[])[] {
    return this.#list;
  }

  /** The repository changes: its times go on by a second, and reservations are cancelled. */
  replace(records: readonly (readonly number[])[]): void {
    const [addedAt, erasedAt] = this.#changedAt;
    this.#list = records;
    this.#changedAt = [addedAt + 1, erasedAt];
    this.cancel();
  }

  /** Cancels the reservation, as a restart does, or another reader. */
  cancel(): void {
    this.#reservation.cancel();
  }

  info(): SimReply {
    const counts = [...word(this.#list.length), ...word(FREE_BYTES)];
    return [OK, VERSION, ...counts, ...this.#changedAt.flatMap(long), RESERVES];
  }

  reserve(): SimReply {
    this.#reads = 0;
    return [OK, ...word(this.#reservation.make())];
  }

  read(data: Uint8Array): SimReply {
    if (data.length !== 6) return [DATA_LENGTH_INVALID];
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    const [recordId, reservation] = [view.getUint16(2, true), view.getUint16(0, true)];
    const read = { recordId, offset: view.getUint8(4), count: view.getUint8(5) };
    if (read.offset !== 0 && !this.#takes(reservation)) return [RESERVATION_CANCELLED];
    const refused = this.#options.refuse?.(read);
    if (refused !== undefined) return [refused];
    const at = this.#find(recordId);
    const record = this.#list[at];
    if (record === undefined) return [NOT_FOUND];
    if (read.offset >= record.length) return [PARAMETER_OUT_OF_RANGE];
    return [OK, ...word(this.#next(at)), ...this.#part(record, read)];
  }

  #takes(reservation: number): boolean {
    const { readsPerReservation = Infinity } = this.#options;
    if (!this.#reservation.isValid(reservation)) return false;
    this.#reads += 1;
    return this.#reads <= readsPerReservation;
  }

  #find(recordId: number): number {
    if (recordId === FIRST) return 0;
    if (recordId === LAST) return this.#list.length - 1;
    return this.#list.findIndex((record) => idOf(record) === recordId);
  }

  #next(at: number): number {
    const [record, next] = [this.#list[at], this.#list[at + 1]];
    const right = next === undefined ? LAST : idOf(next);
    return this.#options.nextId?.(idOf(record ?? []), right) ?? right;
  }

  #part(record: readonly number[], { offset, count }: SimSdrRead): readonly number[] {
    const { ignoresCount } = this.#options;
    if (ignoresCount === 'whole') return record;
    const bytes = ignoresCount ?? count;
    return record.slice(offset, bytes === WHOLE ? record.length : offset + bytes);
  }
}

/** Handlers by command. */
export const SDR_COMMANDS: PartTable<SimSdrs> = {
  0x20: noData((sdrs: SimSdrs) => sdrs.info()),
  0x22: noData((sdrs: SimSdrs) => sdrs.reserve()),
  0x23: (data, sdrs) => sdrs.read(data),
};
