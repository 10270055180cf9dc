/** The FRU of a simulated BMC, number 0, and its commands (IPMI 2.0 chapter 34). */

import {
  CANNOT_RETURN,
  DATA_LENGTH_INVALID,
  NOT_FOUND,
  OK,
  PARAMETER_OUT_OF_RANGE,
} from './command-record.ts';
import type { SimReply } from './command-record.ts';
import { word } from './little-endian.ts';
import { SIM_FRU } from './storage-data.ts';
import type { PartTable } from './part.ts';

/** Options of the FRU of a simulated BMC. */
export interface SimFruOptions {
  /** Its bytes, 65535 at most; a header, a board, a product and an internal area by default. */
  readonly bytes?: Uint8Array | undefined;
  /** Size that it says to have; that of its bytes. */
  readonly sizeBytes?: number | undefined;
  /** It is read by words of two bytes; false. */
  readonly isByWords?: boolean | undefined;
  /** Most bytes that it sends at once, 255; more is refused with `refuses`. */
  readonly readBytesMax?: number | undefined;
  /** Completion code of a read of too many bytes, 0xca. */
  readonly refuses?: number | undefined;
}

/** The bytes, which are written, and the way in which they are read. */
export class SimFru {
  readonly bytes: Uint8Array;
  readonly options: SimFruOptions;

  constructor(options: SimFruOptions = {}) {
    this.bytes = Uint8Array.from(options.bytes ?? SIM_FRU);
    this.options = options;
  }
}

/** Handlers by command. */
export const FRU_COMMANDS: PartTable<SimFru> = {
  0x10: (data, { bytes, options }) => {
    if (data.length !== 1) return [DATA_LENGTH_INVALID];
    if (data[0] !== 0) return [NOT_FOUND];
    return [OK, ...word(options.sizeBytes ?? bytes.length), options.isByWords === true ? 1 : 0];
  },
  0x11: (data, fru) => {
    const [id, low = 0, high = 0, count = 0] = data;
    if (data.length !== 4) return [DATA_LENGTH_INVALID];
    return id === 0 ? read(fru, low | (high << 8), count) : [NOT_FOUND];
  },
  0x12: (data, fru) => {
    const [id, low = 0, high = 0] = data;
    if (data.length < 3) return [DATA_LENGTH_INVALID];
    return id === 0 ? write(fru, low | (high << 8), data.subarray(3)) : [NOT_FOUND];
  },
};

function read({ bytes, options }: SimFru, offset: number, count: number): SimReply {
  const unit = options.isByWords === true ? 2 : 1;
  const from = offset * unit;
  if (from >= bytes.length || count === 0) return [PARAMETER_OUT_OF_RANGE];
  if (count * unit > (options.readBytesMax ?? 0xff)) return [options.refuses ?? CANNOT_RETURN];
  const part = bytes.subarray(from, from + count * unit);
  return [OK, part.length / unit, ...part];
}

function write({ bytes, options }: SimFru, offset: number, part: Uint8Array): SimReply {
  const unit = options.isByWords === true ? 2 : 1;
  const from = offset * unit;
  if (from + part.length > bytes.length) return [PARAMETER_OUT_OF_RANGE];
  bytes.set(part, from);
  return [OK, part.length / unit];
}
