/**
 * The registers of an interface, as they lie in the I/O ports. A block is checked once, where it
 * enters the library, and carries its count of registers from then on.
 */

import { checkInteger } from '../errors.ts';
import type { PortRange } from './port.ts';
import { PORT_MAX } from './range.ts';

/** The registers of one interface. */
export interface RegisterBlock {
  /** Port of the first register; of BT, that is BT_CTRL. */
  readonly base: number;
  /** Ports from one register to the next: 1, 4 or 16 (SMBIOS type 38). */
  readonly spacing: number;
  /** Number of registers. */
  readonly count: number;
}

/** Where a block lies; how many registers it has goes by the kind of interface. */
export type BlockAddress = Pick<RegisterBlock, 'base' | 'spacing'>;

/** BT has three: BT_CTRL, the two buffers behind one address, BT_INTMASK (IPMI 2.0 §11.6). */
const BT_REGISTER_COUNT = 3;

/** Ports from one register to the next, in the order of their codes in SMBIOS type 38. */
export const SPACINGS: readonly number[] = [1, 4, 16];

/** Makes the block of a BT interface; throws a `RangeError` when the ports cannot hold one. */
export function checkBlock(base: number, spacing: number): RegisterBlock {
  if (!SPACINGS.includes(spacing)) {
    throw new RangeError(`spacing must be 1, 4 or 16, not ${spacing}`);
  }
  const most = PORT_MAX - (BT_REGISTER_COUNT - 1) * spacing;
  return btBlock(checkInteger('base', base, { least: 1, most }), spacing);
}

/** The block of a BT interface of which base and spacing are known to be right. */
export function btBlock(base: number, spacing = 1): RegisterBlock {
  return { base, spacing, count: BT_REGISTER_COUNT };
}

/** The ports a register block takes, from the first register to the last. */
export function portRange({ base, spacing, count }: RegisterBlock): PortRange {
  return { base, count: (count - 1) * spacing + 1 };
}

/** The port of each register of the block. */
export function registerPorts({ base, spacing, count }: RegisterBlock): readonly number[] {
  return Array.from({ length: count }, (_, register) => base + register * spacing);
}
