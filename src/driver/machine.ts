/** What the machine is given, one attempt, and what a poll of it found. */

import type { Reply, Request } from '../ipmi/message.ts';

/** One try to get a request answered. */
export interface Attempt {
  readonly request: Request;
  /** Sequence number, 0..255. */
  readonly seq: number;
  /** Nothing is written to the BMC from this time on. */
  readonly startByMs: number;
  /** How long the BMC may take, counted from H2B_ATN. */
  readonly replyWithinMs: number;
  /** SMS_ATN is cleared right before the frame is written, which asks what it was set for. */
  readonly acknowledges?: boolean;
}

/** What {@link BtMachine.poll} found. */
export type PollResult =
  /** Nothing on the wire, nothing in the buffer. */
  | { readonly kind: 'idle' }
  /** Poll again at `untilMs`; a time not in the future means at the next event-loop turn. */
  | { readonly kind: 'wait'; readonly untilMs: number }
  /** The reply. `more` says that another response already waits. */
  | { readonly kind: 'done'; readonly reply: Reply; readonly more: boolean }
  /**
   * `notReady`: not written, the BMC was busy until `startByMs`. `timeout`: written, no reply.
   * `garbled`: written, and what came was too short to be a reply. `status` is BT_CTRL at the end.
   */
  | { readonly kind: 'failed'; readonly reason: FailReason; readonly status: number };

export type FailReason = 'notReady' | 'timeout' | 'garbled';
