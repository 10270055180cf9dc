/** Boot options of a simulated BMC (IPMI 2.0 §28.12, §28.13). */

import { DATA_LENGTH_INVALID, OK } from './command-record.ts';
import type { SimReply } from './command-record.ts';
import type { PartTable } from './part.ts';

const NOT_SUPPORTED = 0x80;
const BEING_SET = 0x81;

const VERSION = 0x01;
const INVALID = 0x80;

/** Set in progress, and its state while a program has it. */
const SET_IN_PROGRESS = 0;
const IN_PROGRESS = 1;

/** The acknowledgements; the first byte selects the bits that are written. */
const ACKNOWLEDGE = 4;

/** Bytes of each parameter that there is; the mailbox is not. */
const LENGTHS: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 1, 3: 1, 4: 2, 5: 5, 6: 9 };

/** The parameters; they survive a restart. */
export class BootParameters {
  readonly #data = new Map<number, readonly number[]>();
  readonly #invalid = new Set<number>();

  read(number: number): SimReply {
    const length = LENGTHS[number];
    if (length === undefined) return [NOT_SUPPORTED];
    const data = this.#data.get(number) ?? Array.from({ length }, () => 0);
    return [OK, VERSION, number | (this.#invalid.has(number) ? INVALID : 0), ...data];
  }

  write(number: number, data: readonly number[]): SimReply {
    if (!(number in LENGTHS)) return [NOT_SUPPORTED];
    if (data.length > 0 && data.length !== LENGTHS[number]) return [DATA_LENGTH_INVALID];
    const isBegun = this.#data.get(SET_IN_PROGRESS)?.[0] === IN_PROGRESS;
    if (number === SET_IN_PROGRESS && data[0] === IN_PROGRESS && isBegun) return [BEING_SET];
    if (number === ACKNOWLEDGE) this.#acknowledge(data);
    else if (data.length > 0) this.#data.set(number, data);
    return [OK];
  }

  mark(number: number, isInvalid: boolean): void {
    if (isInvalid) this.#invalid.add(number);
    else this.#invalid.delete(number);
  }

  #acknowledge([mask = 0, written = 0]: readonly number[]): void {
    const [, before = 0] = this.#data.get(ACKNOWLEDGE) ?? [];
    // The mask reads as 0.
    this.#data.set(ACKNOWLEDGE, [0, (before & ~mask) | (written & mask)]);
  }
}

/** Handlers by command. */
export const BOOT_COMMANDS: PartTable<BootParameters> = {
  0x08: (data, parameters) => {
    const [selector = 0, ...written] = data;
    if (data.length === 0) return [DATA_LENGTH_INVALID];
    const reply = parameters.write(selector & 0x7f, written);
    if (reply[0] === OK) parameters.mark(selector & 0x7f, (selector & INVALID) !== 0);
    return reply;
  },
  0x09: (data, parameters) => {
    const [selector = 0] = data;
    return data.length === 3 ? parameters.read(selector & 0x7f) : [DATA_LENGTH_INVALID];
  },
};
