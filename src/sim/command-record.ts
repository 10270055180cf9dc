/**
 * One exchange between a host and a simulated BMC: the command that was executed, the reply of a
 * command, and the response it leads to.
 */

/** A completion code and the bytes behind it. */
export type SimReply = readonly [completionCode: number, ...data: number[]];

export const OK = 0x00;
export const DATA_LENGTH_INVALID = 0xc7;

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
