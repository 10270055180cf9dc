/**
 * The contract between the driver and an interface to a BMC. The driver knows no register and no
 * bit: BT stands behind this, and KCS could. A machine carries one request at a time, owns no time
 * and no thread, and does one bounded look at the hardware for each call.
 */

import type { Reply, Request } from '../ipmi/message.ts';
import type { Interrupt, InterruptParts } from './interrupt.ts';

/** One try to get a request answered. */
export interface Attempt {
  readonly request: Request;
  /** Sequence number, 0..255; an interface without such numbers leaves it out. */
  readonly seq: number;
  /** Nothing is written to the BMC from this time on. */
  readonly startByMs: number;
  /** How long the BMC may take, counted from the moment the request was handed to it. */
  readonly replyWithinMs: number;
  /**
   * The attention bit is cleared right before the request is handed over, which asks what it was
   * set for.
   */
  readonly acknowledges?: boolean;
}

/** Reasons for an attempt to end without a reply. */
export type FailReason =
  /** Not handed over: the BMC was busy until `startByMs`. */
  | 'notReady'
  /** Handed over, and no reply came. */
  | 'timeout'
  /** Handed over, and what came was too short to be a reply. */
  | 'garbled';

/** The result of one poll. */
export type PollResult =
  /** Nothing is under way, and nothing is in the buffer. */
  | { readonly kind: 'idle'; readonly rung: false; readonly stale: boolean }
  /** Poll again at `untilMs`; a time not in the future means at the next event-loop turn. */
  | {
      readonly kind: 'wait';
      readonly rung: boolean;
      readonly stale: boolean;
      readonly untilMs: number;
    }
  /** The reply. `more` says that another response already waits. */
  | {
      readonly kind: 'done';
      readonly rung: true;
      readonly stale: false;
      readonly reply: Reply;
      readonly more: boolean;
    }
  /** The attempt is over. `seen` says what the hardware showed at the end, in its own words. */
  | {
      readonly kind: 'failed';
      readonly rung: boolean;
      readonly stale: false;
      readonly reason: FailReason;
      readonly seen: string;
    }
  /** The ports failed: no further poll can succeed. */
  | {
      readonly kind: 'broken';
      readonly rung: boolean;
      readonly stale: false;
      readonly cause: unknown;
    };

/** An attempt that ended without a reply. */
export type FailedPoll = PollResult & { readonly kind: 'failed' };

/**
 * What a look at the attention bit shows: the BMC has something to say, or not, or is not there.
 */
export type Attention = 'attention' | 'nothing' | 'absent';

/** The answer to whether the registers are those of such an interface. */
export interface Presence {
  /** `nothing`: no device decodes the ports. `other`: one does, and it is no such interface. */
  readonly kind: 'present' | 'nothing' | 'other';
  /** The registers as they were read, in words. */
  readonly seen: string;
}

export interface Machine {
  /** True when nothing is under way: {@link start} may be called. */
  readonly isIdle: boolean;

  /** Takes on an attempt; the next poll begins it. Only while idle. */
  start(attempt: Attempt): void;

  /**
   * One bounded look, at most one request out and one response in. `rung` says that the request of
   * this attempt is in the BMC's hands; `stale`, that a response was taken which answers nothing.
   * An early or repeated call is harmless. With `isLast` it looks although the BMC wants calm.
   * Never throws for the hardware's sake.
   */
  poll(nowMs: number, isLast: boolean): PollResult;

  /** Drops an attempt that was not handed over yet. False when the BMC has it, and it lives on. */
  cancel(): boolean;

  /** Looks at the attention bit and changes nothing, which is harmless in any process's turn. */
  attention(): Attention;

  /** Reads, and only reads, whether such an interface is there. */
  presence(): Presence;

  /**
   * Leaves the hardware as a finished host leaves it, and gives up what is under way. Synchronous.
   */
  quiesce(): void;

  /** Resets the BMC's side of the interface, and gives up what is under way. */
  reset(): void;
}

/**
 * Watches an interface that is no longer driven, until the BMC is free: a kernel driver that meets
 * a busy BMC when it takes the interface resets it, again and again.
 */
export interface Drain {
  /**
   * One bounded look, which takes a late response out of the way. True when the interface may be
   * given to another driver; with `isOver`, the time of the command on the wire is over.
   */
  look(isOver: boolean): boolean;

  /** Says what is in the way, as of the last look. */
  readonly reason: string;
}

/** The calls that an interface makes to the layer above. */
export interface InterfaceEvents extends Pick<InterruptParts, 'warn' | 'onLost'> {
  /** The attention bit was seen to rise. Called from a look: nothing may be polled from there. */
  readonly onAttention: () => void;
}

/** An interface to a BMC: its machine, and what belongs to it. */
export interface BmcInterface {
  readonly machine: Machine;
  /** Undefined where only timers tell that there is something to see. */
  readonly interrupt: Interrupt | undefined;
  /** Whether the BMC can be asked what the interface can do (BT: IPMI 2.0 §22.10). */
  readonly hasCapabilities: boolean;
  /** Begins to watch the interface; right before {@link Machine.quiesce}. */
  drain(): Drain;
}
