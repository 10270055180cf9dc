/**
 * The states of a transaction as the machine keeps them, each with what it needs to know, and how
 * long the wait for a reply lasts.
 */

import type { Attempt, FailReason } from '../driver/machine.ts';

/**
 * Added once to the timeout of a reply, from the time at which a response is found in the buffer
 * around its end. A process that was stopped meanwhile has not taken a late answer to an earlier
 * request, and the BMC could not put the awaited one into the buffer, however early it had it.
 */
const OVERTIME_MS = 100;

export interface WaitReady {
  readonly name: 'waitReady';
  readonly attempt: Attempt;
  /** Time of the first poll that found the BMC not ready. */
  sinceMs: number | undefined;
}

export interface WaitReply {
  readonly name: 'waitReply';
  readonly attempt: Attempt;
  /** Time of the first poll after H2B_ATN was set, which starts the timeout. */
  sinceMs: number | undefined;
  /** End of the overtime, which ends the timeout instead once there is one. */
  overtimeEndsMs: number | undefined;
  /** A frame too short to be a reply has come. */
  garbled: boolean;
  /** The fault of a frame that has come with the seq and the cmd of the request. */
  misfit: string | undefined;
}

export interface WaitClear {
  readonly name: 'waitClear';
  /** The state to return to if the response taken does not answer the request. */
  next: Idle | WaitReady | WaitReply;
  readonly deadlineMs: number;
}

export interface Idle {
  readonly name: 'idle';
}

export type State = Idle | WaitReady | WaitReply | WaitClear;

export const IDLE: Idle = { name: 'idle' };

/** The request of the attempt was handed over. */
export function waitReply(attempt: Attempt): WaitReply {
  const unanswered = { garbled: false, misfit: undefined };
  return {
    name: 'waitReply',
    attempt,
    sinceMs: undefined,
    overtimeEndsMs: undefined,
    ...unanswered,
  };
}

/** A response is taken out of the buffer by `deadlineMs`. */
export function waitClear(next: WaitClear['next'], deadlineMs: number): WaitClear {
  return { name: 'waitClear', next, deadlineMs };
}

/** True when a reply that comes before the request is handed over counts. */
export function isRepeat({ attempt }: WaitReady): boolean {
  return attempt.isRepeat === true;
}

/** The reason for a failure in this state. */
export function reasonOf(state: WaitReady | WaitReply): FailReason {
  if (state.name === 'waitReady') return 'notReady';
  if (state.garbled) return 'garbled';
  return state.misfit === undefined ? 'timeout' : 'misfit';
}

/** Time by which the wait for the reply ends. */
export function deadlineOf({ overtimeEndsMs, sinceMs, attempt }: WaitReply, nowMs: number): number {
  return overtimeEndsMs ?? (sinceMs ?? nowMs) + attempt.replyWithinMs;
}

/** Deadline for taking a response that was found; one found around the end begins the overtime. */
export function takeByMs(state: WaitReply, nowMs: number): number {
  const deadlineMs = deadlineOf(state, nowMs);
  if (state.overtimeEndsMs !== undefined || nowMs + OVERTIME_MS <= deadlineMs) return deadlineMs;
  state.overtimeEndsMs = nowMs + OVERTIME_MS;
  return state.overtimeEndsMs;
}
