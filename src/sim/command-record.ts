/**
 * One exchange between a host and a simulated BMC: the command that was executed, the reply of a
 * command, and the response it leads to.
 */

/** A completion code and the bytes behind it. */
export type SimReply = readonly [completionCode: number, ...data: number[]];

/** Completion codes of any command (IPMI 2.0 table 5-2). */
export const OK = 0x00;
export const NODE_BUSY = 0xc0;
export const INVALID_COMMAND = 0xc1;
export const INVALID_COMMAND_ON_LUN = 0xc2;
export const OUT_OF_SPACE = 0xc4;
export const RESERVATION_CANCELLED = 0xc5;
export const DATA_LENGTH_INVALID = 0xc7;
export const PARAMETER_OUT_OF_RANGE = 0xc9;
export const CANNOT_RETURN = 0xca;
export const NOT_FOUND = 0xcb;
export const INVALID_FIELD = 0xcc;
export const ILLEGAL_FOR_SENSOR = 0xcd;
export const DESTINATION_UNAVAILABLE = 0xd3;
export const NOT_IN_THIS_STATE = 0xd5;

/** A command the BMC has executed. */
export interface Executed {
  readonly netFn: number;
  readonly lun: number;
  readonly seq: number;
  readonly cmd: number;
  readonly data: Uint8Array;
  /** When H2B_ATN was rung for it. */
  readonly atMs: number;
}

/** A frame, length byte first, that goes into BMC2HOST so long after H2B_ATN. */
export interface SimResponse {
  readonly afterMs: number;
  readonly frame: Uint8Array;
}
