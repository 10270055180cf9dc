/**
 * What a caller is told when an attempt ended without a reply: which error, and in which words.
 */

import type { IpmiErrorCode, Outcome } from '../errors.ts';
import { hex } from '../errors.ts';
import { ctrlNames } from '../bt/bits.ts';
import type { FailReason, PollResult } from './machine.ts';

/** The making of an `IpmiError` about one request. */
export interface Failure {
  readonly code: IpmiErrorCode;
  readonly text: string;
  /** When absent: `unknown` if the request was ever rung, else `not-sent`. */
  readonly outcome?: Outcome;
  readonly cause?: unknown;
}

const REASONS: Readonly<Record<FailReason, Failure>> = {
  notReady: {
    code: 'REQUEST_TIMEOUT',
    text: 'the BMC was not ready for a request before the time was over',
  },
  timeout: {
    code: 'BMC_UNRESPONSIVE',
    text: 'the BMC took the request and did not answer in its time; it may have executed it',
  },
  garbled: {
    code: 'RESPONSE_MALFORMED',
    text: 'the BMC answered with a frame too short to be a reply',
    outcome: 'answered',
  },
};

/** The failures that need no numbers. */
export const FAILURES = {
  aborted: { code: 'REQUEST_ABORTED', text: 'aborted by the caller' },
  closed: { code: 'DEVICE_CLOSED', text: 'the device is closed; open it again' },
  closedMeanwhile: { code: 'DEVICE_CLOSED', text: 'the program closed the device meanwhile' },
  lateInQueue: { code: 'REQUEST_TIMEOUT', text: 'requests ahead of it took all its time' },
  interfaceReset: {
    code: 'BMC_UNRESPONSIVE',
    text: 'the BT interface was reset while the BMC had the command',
  },
  lateForLost: {
    code: 'REQUEST_TIMEOUT',
    text: 'the BMC could not be reached in all its time; look at it, or at who has the interface',
  },
} as const satisfies Readonly<Record<string, Failure>>;

/** The caller's time is over and the command is on the wire. */
export function lateOnWire(timeoutMs: number): Failure {
  const text = `no reply within ${Math.round(timeoutMs)} ms; the BMC may have executed it`;
  return { code: 'REQUEST_TIMEOUT', text };
}

/** The caller's time is over, and another process, `holder`, has the interface. */
export function lateAtLock(holder: string): Failure {
  return { code: 'REQUEST_TIMEOUT', text: `${holder} has had the interface all the time` };
}

/** Another process, `holder`, did not let go of the interface for so long. */
export function locked(holder: string, waitedMs: number): Failure {
  return { code: 'DEVICE_LOCKED', text: lockedText(holder, waitedMs) };
}

/** The same in words, where there is no request. */
export function lockedText(holder: string, waitedMs: number): string {
  const text = `${holder} has had the interface for ${Math.round(waitedMs)} ms`;
  return `${text}; wait for that process, or end it`;
}

/** The queue is full: `waiting` requests are in it. */
export function queueFull(waiting: number): Failure {
  const text = `${waiting} requests are waiting; wait for some, or raise queueMax`;
  return { code: 'QUEUE_FULL', text };
}

/** The request's length byte is above what the BMC takes. */
export function tooLong(length: number, limit: number): Failure {
  const text = `its length byte would be ${length}; this BMC takes at most ${limit}`;
  return { code: 'REQUEST_TOO_LONG', text };
}

/** The ports threw: the device cannot go on. */
export function portFailed(cause: unknown): Failure {
  return { code: 'DEVICE_CLOSED', text: `the ports failed: ${String(cause)}`, cause };
}

/** The failure for a machine step that failed, with BT_CTRL as it last read. */
export function attemptFailure(result: PollResult & { readonly kind: 'failed' }): Failure {
  const failure = REASONS[result.reason];
  const bits = ctrlNames(result.status);
  const ctrl = `BT_CTRL reads ${hex(result.status)}${bits === '' ? '' : ` ${bits}`}`;
  return { ...failure, text: `${failure.text} (${ctrl})` };
}
