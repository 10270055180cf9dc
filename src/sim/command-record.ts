/**
 * One exchange between a host and a simulated BMC: the command that was executed, and the response
 * it leads to.
 */

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
