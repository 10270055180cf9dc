/**
 * The storage of a simulated BMC that one network function has: the SEL (`sel`) and a FRU (`fru`),
 * IPMI 2.0 chapters 31 and 34.
 */

import type { SimReply } from './command-record.ts';
import { FRU_COMMANDS, SimFru } from './fru.ts';
import type { SimFruOptions } from './fru.ts';
import { SEL_COMMANDS, SimSel } from './sel.ts';
import type { SimSelOptions } from './sel.ts';

/** A command of the Storage network function. */
type StorageHandler = (data: Uint8Array, storage: SimStorage, nowMs: number) => SimReply;

/** Options of the SEL and of the FRU. */
export interface SimStorageOptions {
  readonly sel?: SimSelOptions | undefined;
  readonly fru?: SimFruOptions | undefined;
}

/** SEL and FRU of one BMC. */
export class SimStorage {
  readonly sel: SimSel;
  readonly fru: SimFru;

  constructor({ sel, fru }: SimStorageOptions = {}) {
    this.sel = new SimSel(sel);
    this.fru = new SimFru(fru);
  }

  /** A restart cancels reservations. */
  restart(): void {
    this.sel.cancel();
  }
}

/** Handlers by command. */
export const STORAGE_COMMANDS: Readonly<Record<number, StorageHandler>> = {
  ...onPart(FRU_COMMANDS, ({ fru }) => fru),
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
