/**
 * What a simulated BMC can be told, and what it tells of a command.
 */

import type { Personality } from './personality.ts';

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

/** Options of {@link SimBmc}; the defaults make a BMC that answers at once. */
export interface SimOptions {
  /** Port of BT_CTRL; 0xce4. */
  readonly base?: number;
  /** Ports from one register to the next: 1, 4 or 16. */
  readonly spacing?: number;
  /** Where the time comes from; needed for delays. */
  readonly clock?: { now(): number };
  /** Time from H2B_ATN to B2H_ATN: the same for all, or by command. */
  readonly responseMs?: number | ((command: Executed) => number);
  /**
   * Answers instead of the built-in commands: completion code and response data, or `drop`, which
   * forgets the command. `undefined` leaves it to the built-in ones.
   */
  readonly answer?: (command: Executed) => readonly number[] | 'drop' | undefined;
  /** The five bytes of Get BT Interface Capabilities; 1, 255, 255, 10 s, 0 retries. */
  readonly capabilities?: readonly number[];
  /** What becomes of a command's response instead of `honest`: none, several, late, or wrong. */
  readonly respond?: (command: Executed, honest: SimResponse) => readonly SimResponse[];
  /**
   * B_BUSY is set from H2B_ATN to the response (default), as QEMU does. False: only H2B_ATN and
   * B2H_ATN tell, as with BMCs that set B_BUSY for the time of a copy.
   */
  readonly showsBusy?: boolean;
  /** The make of BMC it is: `SPEC` (default), `QEMU`, or one with quirks of your own. */
  readonly personality?: Personality;
  /** Throw at a host that breaks the protocol (default); false where faults make it break it. */
  readonly strict?: boolean;
}

/** A frame, length byte first, that goes into BMC2HOST so long after H2B_ATN. */
export interface SimResponse {
  readonly afterMs: number;
  readonly frame: Uint8Array;
}
