/**
 * The contract between the driver and an interface to a BMC. The driver knows no register and no
 * bit: BT implements this, and KCS could. A machine carries one request at a time, has no clock and
 * no thread, and accesses the registers a bounded number of times in each call.
 */

import type { Reply, Request } from '../ipmi/message.ts';
import type { Interrupt, InterruptParts } from './interrupt.ts';

/** One try to get a request answered. */
export interface Attempt {
  readonly request: Request;
  /** Sequence number, 0..255; an interface without such numbers leaves it out. */
  readonly seq: number;
  /** No request is written from this time on. */
  readonly startByMs: number;
  /**
   * Timeout of the reply, counted from the moment the request was handed over. Read at each poll,
   * because it becomes less when the caller stops waiting.
   */
  readonly replyWithinMs: number;
  /**
   * True for a request that asks what the attention bit was set for: the bit is cleared right
   * before it is handed over.
   */
  readonly acknowledges?: boolean;
  /**
   * True when the BMC has had this request before, under the same sequence number: a reply that
   * comes before the request is handed over again counts as well.
   */
  readonly isRepeat?: boolean;
}

/** Reasons for an attempt to end without a reply. */
export type FailReason =
  /** Not handed over: the BMC was busy until `startByMs`. */
  | 'notReady'
  /** Handed over, and no reply came. */
  | 'timeout'
  /** Handed over, and a response came that has its numbers, but is no reply to it. */
  | 'misfit'
  /** Handed over, and the frame that came was too short to be a reply. */
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
  /** The reply. `more` says that another response is already in the buffer. */
  | {
      readonly kind: 'done';
      /** False for a late reply to an earlier attempt, before this one is handed over. */
      readonly rung: boolean;
      readonly stale: false;
      readonly reply: Reply;
      readonly more: boolean;
    }
  /** The attempt failed. `seen` says what the registers read at its end. */
  | {
      readonly kind: 'failed';
      readonly rung: boolean;
      readonly stale: boolean;
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

/** The attention bit as it was read: set, clear, or no interface decodes the port. */
export type Attention = 'attention' | 'nothing' | 'absent';

/** The result of checking whether an interface of this kind decodes the ports. */
export interface Presence {
  /** `nothing`: no device decodes the ports. `other`: a device of another kind does. */
  readonly kind: 'present' | 'nothing' | 'other';
  /** The registers as they were read, in words. */
  readonly seen: string;
}

export interface Machine {
  /** True when there is no attempt, so that {@link start} may be called. */
  readonly isIdle: boolean;

  /**
   * Says what is wrong with a response that has the numbers of the request on the wire and was
   * dropped, because it is no reply to it; undefined when none came.
   */
  readonly misfit: string | undefined;

  /** Takes on an attempt; the next poll begins it. Only while idle. */
  start(attempt: Attempt): void;

  /**
   * Reads the registers, writes at most one request and takes at most one response. `rung` says
   * that the BMC has the request of this attempt; `stale`, that a response to no request was taken.
   * An early or repeated call is harmless. With `isLast` the registers are read even if `pollMs`
   * forbids it. Never throws, whatever the hardware does.
   */
  poll(nowMs: number, isLast: boolean): PollResult;

  /** Drops an attempt that was not handed over yet. False when the BMC has it: it goes on. */
  cancel(): boolean;

  /** Reads the attention bit and writes nothing: harmless in another process's turn. */
  attention(): Attention;

  /** Checks, by reads alone, whether an interface of this kind is there. */
  presence(): Presence;

  /** Leaves the hardware as after a completed transaction, and drops the attempt. Synchronous. */
  quiesce(): void;

  /** Resets the BMC's side of the interface, and drops the attempt. */
  reset(): void;
}

/**
 * Watches an interface that is not used any more until the BMC is idle: a kernel driver that finds
 * the BMC busy when it probes the interface resets it again and again.
 */
export interface Drain {
  /**
   * Reads the registers, and takes a late response out of the buffer. True when the interface may
   * be given to another driver; `isOver` says that the command on the wire has timed out.
   */
  look(isOver: boolean): boolean;

  /** Says what {@link look} still waited for the last time. */
  readonly reason: string;
}

/** A response that was taken out of the buffer, and answers no request of this process. */
export interface Dropped extends Pick<Request, 'netFn' | 'cmd'> {
  readonly reply: Reply;
}

/** The calls that an interface makes to the layer above. */
export interface InterfaceEvents extends Pick<InterruptParts, 'warn' | 'onLost'> {
  /** Called when the attention bit has risen, from within a poll: it must not poll again. */
  readonly onAttention: () => void;
  /** Called with a response that is dropped, in the same way. */
  readonly onDropped: (dropped: Dropped) => void;
}

/** An interface to a BMC: its machine and its interrupt. */
export interface BmcInterface {
  readonly machine: Machine;
  /** Undefined where there is no interrupt line. */
  readonly interrupt: Interrupt | undefined;
  /** True where the BMC has a command that tells the interface's capabilities (BT: §22.10). */
  readonly hasCapabilities: boolean;
  /** Begins to watch the interface; call it right before {@link Machine.quiesce}. */
  drain(): Drain;
}
