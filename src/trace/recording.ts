/**
 * The form of a recording: JSON Lines, a header and then an entry a line. `docs/trace.md` describes
 * it for programs; here are the types, as they are read.
 */

import type { StateName } from '../bt/edges.ts';
import type { FailReason } from '../driver/machine.ts';

/** The name that the first line begins with. */
export const RECORDING_SCHEMA = 'ipmi-bt/recording';

/** The one version that there is. Fields may be added to it; an entry of a new kind may not. */
export const RECORDING_VERSION = 1;

/** The payload that a recording has: none, that of commands known to be harmless, or all. */
export const PAYLOADS = ['hidden', 'harmless', 'all'] as const;

export type RecordedPayload = (typeof PAYLOADS)[number];

/** The first line. */
export interface RecordingHeader {
  /** Port of BT_CTRL. */
  readonly base: number;
  readonly spacing: 1 | 4 | 16;
  /** Name and version of the program; empty when it gave none. */
  readonly program: string;
  readonly payload: RecordedPayload;
  /** The time from which entries count, on the clock of the program: on Linux, since boot. */
  readonly clockMs: number;
}

/** The states of a transaction, as the state machine names them. */
export const STATES = [
  'idle',
  'waitReady',
  'waitReply',
  'waitClear',
] as const satisfies StateName[];

/** The ends of an attempt, besides the reply and the reasons of a failure. */
const OTHER_ENDS = ['reply', 'broken', 'withdrawn', 'dropped'] as const;

const FAILURES = ['notReady', 'timeout', 'misfit', 'garbled'] as const satisfies FailReason[];

/** The ends of an attempt. */
export const ENDS = [...OTHER_ENDS, ...FAILURES] as const;

export type AttemptEnd = (typeof ENDS)[number];

/** A request was handed to the driver. */
export interface AskedEntry {
  readonly kind: 'request';
  readonly atMs: number;
  /** From 1, in the order of the recording. */
  readonly id: number;
  readonly netFn: number;
  readonly lun: number;
  readonly cmd: number;
  readonly dataBytes: number;
  readonly timeoutMs: number;
  /** The library's own request, and no caller's. */
  readonly internal: boolean;
}

/** Its promise has settled: with a completion code, or with the code of an error. */
export interface SettledEntry {
  readonly kind: 'settled';
  readonly atMs: number;
  readonly id: number;
  readonly completionCode: number | undefined;
  readonly error: string | undefined;
}

/** The driver begins to hand a request to the BMC. */
export interface AttemptEntry {
  readonly kind: 'attempt';
  readonly atMs: number;
  readonly id: number;
  readonly seq: number;
  /** The request is not written later than this. */
  readonly startWithinMs: number;
  /** The time for the reply, counted from H2B_ATN. */
  readonly replyWithinMs: number;
}

/** The attempt is over. */
export interface EndedEntry {
  readonly kind: 'ended';
  readonly atMs: number;
  readonly id: number;
  readonly result: AttemptEnd;
}

/** The state machine has another state. */
export interface StateEntry {
  readonly kind: 'state';
  readonly atMs: number;
  readonly state: StateName;
}

/** A register was read or written: a single byte, or the bytes of a frame. */
export interface AccessEntry {
  readonly kind: 'in' | 'out';
  readonly atMs: number;
  /** BT_CTRL, BMC2HOST, HOST2BMC or BT_INTMASK; a number for any other port. */
  readonly register: string;
  readonly value: number | undefined;
  /** The first bytes of a frame: all that may be shown. */
  readonly bytes: readonly number[] | undefined;
  /** Bytes that are not shown. */
  readonly hidden: number;
}

/** The read before was made again, with the same value; `atMs` is the time of the last of them. */
export interface AgainEntry {
  readonly kind: 'again';
  readonly atMs: number;
  readonly times: number;
}

export type Entry =
  AskedEntry | SettledEntry | AttemptEntry | EndedEntry | StateEntry | AccessEntry | AgainEntry;

/** A recording as it was read. */
export interface Recording extends RecordingHeader {
  readonly entries: readonly Entry[];
  /** The last line is cut off, as a process that was killed leaves it; it is not among these. */
  readonly isCutOff: boolean;
}
