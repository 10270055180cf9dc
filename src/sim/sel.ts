/**
 * The system event log of a simulated BMC and its commands (IPMI 2.0 chapter 31), with options for
 * the ways in which logs of real ones are hard to read.
 */

import {
  CANNOT_RETURN,
  DATA_LENGTH_INVALID,
  INVALID_COMMAND,
  INVALID_FIELD,
  NOT_FOUND,
  OK,
  OUT_OF_SPACE,
  PARAMETER_OUT_OF_RANGE,
  RESERVATION_CANCELLED,
} from './command-record.ts';
import type { SimReply } from './command-record.ts';
import { long, wordOf as idOf, word } from './little-endian.ts';
import { noData } from './part.ts';
import type { PartTable } from './part.ts';
import { Reservation } from './reservation.ts';
import { SIM_SEL, STARTED_AT_S } from './storage-data.ts';

/** Options of the SEL of a simulated BMC; by default it is without quirks. */
export interface SimSelOptions {
  /** Entries at the beginning, 16 bytes each; the BMC numbers and stamps them. Two by default. */
  readonly entries?: readonly (readonly number[])[] | undefined;
  /** Entries that it has room for, 512; events beyond are dropped, and set its overflow bit. */
  readonly capacity?: number | undefined;
  /** Time that an erasure takes, 0; needs a clock. */
  readonly eraseMs?: number | undefined;
  /** Minutes from UTC to its clock, 0; `null` makes a BMC without commands for it. */
  readonly utcOffsetMinutes?: number | null | undefined;
  /** Most bytes of an entry that it sends at once, 16; more is refused with `refuses`. */
  readonly readBytesMax?: number | undefined;
  /** Completion code of a read of too many bytes, 0xca. */
  readonly refuses?: number | undefined;
  /** It sends whole entries whatever it is asked for; false. */
  readonly ignoresCount?: boolean | undefined;
  /** A read needs a reservation even if it is of a whole entry; false. */
  readonly readsNeedReservation?: boolean | undefined;
  /** It has Reserve SEL, and an entry that comes cancels the reservation; true. */
  readonly reserves?: boolean | undefined;
  /** It forgets to cancel the reservation when an entry comes; false. */
  readonly keepsReservation?: boolean | undefined;
  /** It has Get SEL Allocation Info; false. */
  readonly hasAllocation?: boolean | undefined;
  /** Completion codes of entries that cannot be read, by their number. */
  readonly unreadable?: Readonly<Record<number, number>> | undefined;
  /** Numbers of next entries that are told wrongly, by the number of the entry. */
  readonly nextIds?: Readonly<Record<number, number>> | undefined;
}

/** Completion code of a SEL that is being erased (§31.2, §31.5). */
const ERASING = 0x81;

const FIRST = 0x0000;
const LAST = 0xffff;

/** Bytes to read: all there are. */
const WHOLE = 0xff;

const VERSION = 0x51;
const ENTRY_BYTES = 16;
const CAPACITY = 512;

/** Record types below this one have a time. */
const OEM_WITHOUT_TIME = 0xe0;

/** Clear SEL: the letters, then what to do. */
const CLR = [0x43, 0x4c, 0x52];
const INITIATE = 0xaa;
const STATUS = 0x00;

/** The difference to UTC is not specified. */
const UNSPECIFIED = 0x07ff;

/** The log of one BMC. */
export class SimSel {
  readonly options: SimSelOptions;
  readonly entries: (readonly number[])[] = [];
  /** Times of the last addition and of the last erasure. */
  addedAtS = STARTED_AT_S;
  erasedAtS = STARTED_AT_S;
  isOverflown = false;
  utcOffsetMinutes: number;
  /** Added to the clock by Set SEL Time. */
  #shiftS = 0;
  readonly #reservation = new Reservation();
  #lastId = 0;
  #erasedAtMs = -Infinity;

  constructor(options: SimSelOptions = {}) {
    this.options = options;
    this.utcOffsetMinutes = options.utcOffsetMinutes ?? 0;
    for (const entry of options.entries ?? SIM_SEL) this.log(entry, 0);
  }

  get capacity(): number {
    return this.options.capacity ?? CAPACITY;
  }

  /** The clock, seconds since 1970. */
  timeS(nowMs: number): number {
    return STARTED_AT_S + Math.floor(nowMs / 1000) + this.#shiftS;
  }

  setTime(timeS: number, nowMs: number): void {
    this.#shiftS += timeS - this.timeS(nowMs);
  }

  /**
   * Adds an entry; returns it with its number, and its time where its type has one. A full log
   * drops it, and returns it as it is.
   */
  log(entry: readonly number[], nowMs: number): readonly number[] {
    if (this.entries.length >= this.capacity) {
      this.isOverflown = true;
      return entry;
    }
    const [, , type = 0, ...rest] = entry;
    const timeS = this.timeS(nowMs);
    const stamped = type < OEM_WITHOUT_TIME ? [...long(timeS), ...rest.slice(4)] : rest;
    this.#lastId += 1;
    const added = [...word(this.#lastId), type, ...stamped];
    this.entries.push(added);
    if (this.options.keepsReservation !== true) this.cancel();
    this.addedAtS = timeS;
    return added;
  }

  reserve(): number {
    return this.#reservation.make();
  }

  cancel(): void {
    this.#reservation.cancel();
  }

  isReserved(reservation: number): boolean {
    if (this.options.reserves === false) return true;
    return this.#reservation.isValid(reservation);
  }

  isErasing(nowMs: number): boolean {
    return nowMs < this.#erasedAtMs;
  }

  /** Erases all entries, which takes a while; numbers begin anew. */
  erase(nowMs: number): void {
    this.entries.length = 0;
    this.isOverflown = false;
    this.#lastId = 0;
    this.erasedAtS = this.timeS(nowMs);
    this.#erasedAtMs = nowMs + (this.options.eraseMs ?? 0);
    this.cancel();
  }

  /** Where an entry stands; -1 if there is none of that number. */
  find(id: number): number {
    if (id === FIRST) return 0;
    if (id === LAST) return this.entries.length - 1;
    return this.entries.findIndex((entry) => idOf(entry) === id);
  }
}

/** Handlers by command. */
export const SEL_COMMANDS: PartTable<SimSel> = {
  0x40: noData(info),
  0x41: noData(allocation),
  0x42: noData((sel: SimSel, nowMs: number) => {
    if (sel.options.reserves === false) return [INVALID_COMMAND];
    return sel.isErasing(nowMs) ? [ERASING] : [OK, ...word(sel.reserve())];
  }),
  0x43: readEntry,
  0x44: addEntry,
  0x47: clear,
  0x48: noData((sel: SimSel, nowMs: number) => [OK, ...long(sel.timeS(nowMs))]),
  0x49: setTime,
  0x5c: noData((sel: SimSel) => {
    const { utcOffsetMinutes, options } = sel;
    return options.utcOffsetMinutes === null ? [INVALID_COMMAND] : [OK, ...word(utcOffsetMinutes)];
  }),
  0x5d: setUtcOffset,
};

function info(sel: SimSel, nowMs: number): SimReply {
  if (sel.isErasing(nowMs)) return [ERASING];
  const { entries, options } = sel;
  const free = Math.min((sel.capacity - entries.length) * ENTRY_BYTES, 0xffff);
  const support =
    (options.hasAllocation === true ? 1 : 0) |
    (options.reserves === false ? 0 : 2) |
    (sel.isOverflown ? 0x80 : 0);
  const counts = [...word(entries.length), ...word(free)];
  return [OK, VERSION, ...counts, ...long(sel.addedAtS), ...long(sel.erasedAtS), support];
}

/** A unit of allocation is an entry. */
function allocation({ entries, capacity, options }: SimSel): SimReply {
  if (options.hasAllocation !== true) return [INVALID_COMMAND];
  const free = capacity - entries.length;
  return [OK, ...word(capacity), ...word(ENTRY_BYTES), ...word(free), ...word(free), 1];
}

function readEntry(data: Uint8Array, sel: SimSel, nowMs: number): SimReply {
  if (data.length !== 6) return [DATA_LENGTH_INVALID];
  if (sel.isErasing(nowMs)) return [ERASING];
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const [offset, count] = [view.getUint8(4), view.getUint8(5)];
  const needsReservation = offset !== 0 || sel.options.readsNeedReservation === true;
  if (needsReservation && !sel.isReserved(view.getUint16(0, true))) return [RESERVATION_CANCELLED];
  const at = sel.find(view.getUint16(2, true));
  const entry = sel.entries[at];
  if (entry === undefined) return [NOT_FOUND];
  return partOf(sel, at, { offset, count, entry });
}

/** The part of an entry that is read. */
interface Part {
  readonly offset: number;
  readonly count: number;
  readonly entry: readonly number[];
}

function partOf(sel: SimSel, at: number, { offset, count, entry }: Part): SimReply {
  const { readBytesMax = ENTRY_BYTES, refuses = CANNOT_RETURN, ignoresCount } = sel.options;
  const id = idOf(entry);
  const code = sel.options.unreadable?.[id];
  if (code !== undefined) return [code];
  if (offset >= entry.length) return [PARAMETER_OUT_OF_RANGE];
  const wanted = count === WHOLE ? entry.length : count;
  if (wanted > readBytesMax) return [refuses];
  const following = sel.entries[at + 1];
  const next = sel.options.nextIds?.[id] ?? (following === undefined ? LAST : idOf(following));
  const part = ignoresCount === true ? entry : entry.slice(offset, offset + wanted);
  return [OK, ...word(next), ...part];
}

function addEntry(data: Uint8Array, sel: SimSel, nowMs: number): SimReply {
  if (data.length !== ENTRY_BYTES) return [DATA_LENGTH_INVALID];
  const type = data[2] ?? 0;
  if (type !== 0x02 && type < 0xc0) return [INVALID_FIELD];
  if (sel.isErasing(nowMs)) return [ERASING];
  if (sel.entries.length >= sel.capacity) return [OUT_OF_SPACE];
  const [low = 0, high = 0] = sel.log([...data], nowMs);
  return [OK, low, high];
}

function clear(data: Uint8Array, sel: SimSel, nowMs: number): SimReply {
  if (data.length !== 6) return [DATA_LENGTH_INVALID];
  const [low = 0, high = 0, ...rest] = data;
  if (!CLR.every((letter, at) => rest[at] === letter)) return [INVALID_FIELD];
  const action = rest[3];
  if (action === STATUS) return [OK, sel.isErasing(nowMs) ? 0 : 1];
  if (action !== INITIATE) return [INVALID_FIELD];
  if (!sel.isReserved(low | (high << 8))) return [RESERVATION_CANCELLED];
  sel.erase(nowMs);
  return [OK, sel.isErasing(nowMs) ? 0 : 1];
}

function setTime(data: Uint8Array, sel: SimSel, nowMs: number): SimReply {
  if (data.length !== 4) return [DATA_LENGTH_INVALID];
  sel.setTime(new DataView(data.buffer, data.byteOffset, 4).getUint32(0, true), nowMs);
  return [OK];
}

function setUtcOffset(data: Uint8Array, sel: SimSel): SimReply {
  if (sel.options.utcOffsetMinutes === null) return [INVALID_COMMAND];
  if (data.length !== 2) return [DATA_LENGTH_INVALID];
  const minutes = new DataView(data.buffer, data.byteOffset, 2).getInt16(0, true);
  if (Math.abs(minutes) > 1440 && minutes !== UNSPECIFIED) return [PARAMETER_OUT_OF_RANGE];
  sel.utcOffsetMinutes = minutes;
  return [OK];
}
