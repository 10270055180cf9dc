/**
 * The storage of a simulated BMC and its commands (IPMI 2.0 chapters 31, 33 and 34): the SDR
 * repository, the SEL (`sel`) and a FRU (`fru`). Partial reads need a reservation, as on a BMC.
 */

import { DATA_LENGTH_INVALID, OK } from './command-record.ts';
import type { SimReply } from './command-record.ts';
import { FRU_COMMANDS, SimFru } from './fru.ts';
import type { SimFruOptions } from './fru.ts';
import { long, word } from './little-endian.ts';
import { SEL_COMMANDS, STARTED_AT_S, SimSel } from './sel.ts';
import type { SimSelOptions } from './sel.ts';
import { SIM_SDRS } from './storage-data.ts';

/** A command of the Storage network function. */
type StorageHandler = (data: Uint8Array, storage: SimStorage, nowMs: number) => SimReply;

const RESERVATION_CANCELLED = 0xc5;
const PARAMETER_OUT_OF_RANGE = 0xc9;
const NOT_FOUND = 0xcb;

/** Numbers of records that name no record: the first, and the last or none. */
const FIRST = 0x0000;
const LAST = 0xffff;

/** Bytes to read: all there are. */
const WHOLE = 0xff;

const VERSION = 0x51;
const FREE_SDR_BYTES = 0x1000;

/** Reservations are supported, and nothing else that may be. */
const RESERVES = 0x02;

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

/** Options of the SEL and of the FRU. */
export interface SimStorageOptions {
  readonly sel?: SimSelOptions | undefined;
  readonly fru?: SimFruOptions | undefined;
}

/** SDR repository, SEL and FRU of one BMC. */
export class SimStorage {
  readonly sdrs = new Records(SIM_SDRS);
  readonly sel: SimSel;
  readonly fru: SimFru;

  constructor({ sel, fru }: SimStorageOptions = {}) {
    this.sel = new SimSel(sel);
    this.fru = new SimFru(fru);
  }

  /** A restart cancels reservations. */
  restart(): void {
    this.sdrs.cancel();
    this.sel.cancel();
  }
}

/** Handlers by command. */
export const STORAGE_COMMANDS: Readonly<Record<number, StorageHandler>> = {
  ...onPart(FRU_COMMANDS, ({ fru }) => fru),
  0x20: noData(({ sdrs }) => {
    const counts = [...word(sdrs.list.length), ...word(FREE_SDR_BYTES)];
    return [OK, VERSION, ...counts, ...long(STARTED_AT_S), ...long(0), RESERVES];
  }),
  0x22: noData(({ sdrs }) => [OK, ...word(sdrs.reserve())]),
  0x23: (data, { sdrs }) => sdrs.read(data),
  ...onPart(SEL_COMMANDS, ({ sel }) => sel),
};

/** The handlers of a part of the storage. */
function onPart<Part>(
  table: Readonly<Record<number, (data: Uint8Array, part: Part, nowMs: number) => SimReply>>,
  partOf: (storage: SimStorage) => Part,
): Readonly<Record<number, StorageHandler>> {
  const handlers = Object.entries(table).map(([cmd, handler]) => {
    const onStorage: StorageHandler = (data, storage, nowMs) =>
      handler(data, partOf(storage), nowMs);
    return [cmd, onStorage] as const;
  });
  return Object.fromEntries(handlers);
}

function noData(answer: (storage: SimStorage, nowMs: number) => SimReply): StorageHandler {
  return (data, storage, nowMs) =>
    data.length === 0 ? answer(storage, nowMs) : [DATA_LENGTH_INVALID];
}
