/**
 * The storage of a simulated BMC and its commands (IPMI 2.0 chapters 31 and 34): the SEL and a FRU.
 * Partial reads and changes need a reservation, as they do on a BMC.
 */

import { DATA_LENGTH_INVALID, OK } from './command-record.ts';
import type { SimReply } from './command-record.ts';
import { FRU_BYTES, SIM_FRU, SIM_SEL } from './storage-data.ts';

/** A command of the Storage network function. */
type StorageHandler = (data: Uint8Array, storage: SimStorage, nowMs: number) => SimReply;

const OUT_OF_SPACE = 0xc4;
const RESERVATION_CANCELLED = 0xc5;
const PARAMETER_OUT_OF_RANGE = 0xc9;
const NOT_FOUND = 0xcb;
const INVALID_FIELD = 0xcc;

/** Numbers of records that name no record: the first, and the last or none. */
const FIRST = 0x0000;
const LAST = 0xffff;

/** Bytes to read: all there are. */
const WHOLE = 0xff;

const VERSION = 0x51;
const ENTRY_BYTES = 16;
const SEL_ENTRIES_MAX = 512;

/** Reservations are supported, and nothing else that may be. */
const RESERVES = 0x02;

/** The SEL's clock as the BMC starts: 2018-08-21 22:14:50 UTC. */
const STARTED_AT_S = 1_534_889_690;

/** Record types below this one have a time. */
const OEM_WITHOUT_TIME = 0xe0;

/** A list of records that can be reserved. */
class Records {
  readonly list: (readonly number[])[];
  /** The valid reservation; 0 when there is none. */
  #reserved = 0;
  #reservations = 0;

  constructor(list: readonly (readonly number[])[]) {
    this.list = [...list];
  }

  reserve(): number {
    this.#reservations = (this.#reservations % LAST) + 1;
    this.#reserved = this.#reservations;
    return this.#reserved;
  }

  cancel(): void {
    this.#reserved = 0;
  }

  isReserved(reservation: number): boolean {
    return reservation !== 0 && reservation === this.#reserved;
  }

  /** Reads part of a record behind the number of the next one. */
  read(data: Uint8Array): SimReply {
    if (data.length !== 6) return [DATA_LENGTH_INVALID];
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    const [offset, count] = [view.getUint8(4), view.getUint8(5)];
    if (offset !== 0 && !this.isReserved(view.getUint16(0, true))) return [RESERVATION_CANCELLED];
    const at = this.#find(view.getUint16(2, true));
    const record = this.list[at];
    if (record === undefined) return [NOT_FOUND];
    if (offset >= record.length) return [PARAMETER_OUT_OF_RANGE];
    const next = this.list[at + 1];
    const end = count === WHOLE ? record.length : offset + count;
    return [
      OK,
      ...(next === undefined ? word(LAST) : next.slice(0, 2)),
      ...record.slice(offset, end),
    ];
  }

  #find(id: number): number {
    if (id === FIRST) return 0;
    if (id === LAST) return this.list.length - 1;
    return this.list.findIndex(([low = 0, high = 0]) => (low | (high << 8)) === id);
  }
}

/** SEL and FRU of one BMC. */
export class SimStorage {
  readonly sel = new Records([]);
  readonly fru = SIM_FRU;
  /** Time of the last addition to the SEL. */
  addedAtS = STARTED_AT_S;
  /** Added to the SEL's clock by Set SEL Time. */
  #shiftS = 0;

  constructor() {
    for (const entry of SIM_SEL) this.log(entry, 0);
  }

  /** The SEL's clock, seconds since 1970. */
  timeS(nowMs: number): number {
    return STARTED_AT_S + Math.floor(nowMs / 1000) + this.#shiftS;
  }

  setTime(timeS: number, nowMs: number): void {
    this.#shiftS += timeS - this.timeS(nowMs);
  }

  /** Adds an entry; returns it with its number, and its time where its type has one. */
  log(entry: readonly number[], nowMs: number): readonly number[] {
    const [, , type = 0, ...rest] = entry;
    const timeS = this.timeS(nowMs);
    const stamped = type < OEM_WITHOUT_TIME ? [...long(timeS), ...rest.slice(4)] : rest;
    const added = [...word(this.sel.list.length + 1), type, ...stamped];
    this.sel.list.push(added);
    this.sel.cancel();
    this.addedAtS = timeS;
    return added;
  }

  /** A restart cancels reservations. */
  restart(): void {
    this.sel.cancel();
  }
}

/** Handlers by command. */
export const STORAGE_COMMANDS: Readonly<Record<number, StorageHandler>> = {
  0x10: fruAreaInfo,
  0x11: readFru,
  0x40: noData(({ sel, addedAtS }) => {
    const { length } = sel.list;
    const counts = [...word(length), ...word((SEL_ENTRIES_MAX - length) * ENTRY_BYTES)];
    return [OK, VERSION, ...counts, ...long(addedAtS), ...long(STARTED_AT_S), RESERVES];
  }),
  0x42: noData(({ sel }) => [OK, ...word(sel.reserve())]),
  0x43: (data, { sel }) => sel.read(data),
  0x44: addSelEntry,
  0x48: noData((storage, nowMs) => [OK, ...long(storage.timeS(nowMs))]),
  0x49: setSelTime,
};

function noData(answer: (storage: SimStorage, nowMs: number) => SimReply): StorageHandler {
  return (data, storage, nowMs) =>
    data.length === 0 ? answer(storage, nowMs) : [DATA_LENGTH_INVALID];
}

/** There is one FRU, number 0, which is read by bytes. */
function fruAreaInfo(data: Uint8Array): SimReply {
  if (data.length !== 1) return [DATA_LENGTH_INVALID];
  return data[0] === 0 ? [OK, ...word(FRU_BYTES), 0x00] : [NOT_FOUND];
}

function readFru(data: Uint8Array, { fru }: SimStorage): SimReply {
  const [id, low = 0, high = 0, count = 0] = data;
  if (data.length !== 4) return [DATA_LENGTH_INVALID];
  if (id !== 0) return [NOT_FOUND];
  const offset = low | (high << 8);
  if (offset >= fru.length || count === 0) return [PARAMETER_OUT_OF_RANGE];
  const bytes = fru.subarray(offset, offset + count);
  return [OK, bytes.length, ...bytes];
}

function addSelEntry(data: Uint8Array, storage: SimStorage, nowMs: number): SimReply {
  if (data.length !== ENTRY_BYTES) return [DATA_LENGTH_INVALID];
  const type = data[2] ?? 0;
  if (type !== 0x02 && type < 0xc0) return [INVALID_FIELD];
  if (storage.sel.list.length >= SEL_ENTRIES_MAX) return [OUT_OF_SPACE];
  const [low = 0, high = 0] = storage.log([...data], nowMs);
  return [OK, low, high];
}

function setSelTime(data: Uint8Array, storage: SimStorage, nowMs: number): SimReply {
  if (data.length !== 4) return [DATA_LENGTH_INVALID];
  storage.setTime(new DataView(data.buffer, data.byteOffset, 4).getUint32(0, true), nowMs);
  return [OK];
}

/** Two bytes, the lower one first. */
function word(value: number): readonly number[] {
  return [value & 0xff, value >> 8];
}

/** Four bytes, the lowest one first. */
function long(value: number): readonly number[] {
  return [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
}
