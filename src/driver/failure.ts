/**
 * The errors of a request: their codes and texts.
 */

import type { IpmiErrorCode, Outcome, Silence } from '../errors.ts';
import { CLOSED_TEXT, IpmiError, abortText, bareText } from '../errors.ts';
import { lockedText } from '../share/arbiter.ts';
import type { FailReason, FailedPoll } from './machine.ts';

/** The parts of an `IpmiError` about one request. */
export interface Failure {
  readonly code: IpmiErrorCode;
  readonly text: string;
  /** When absent: `unknown` if the request was ever rung, else `not-sent`. */
  readonly outcome?: Outcome;
  readonly cause?: unknown;
  readonly silence?: Silence;
}

/** The failures that need no numbers. */
export const FAILURES = {
  closed: { code: 'DEVICE_CLOSED', text: CLOSED_TEXT },
  closedMeanwhile: { code: 'DEVICE_CLOSED', text: 'the program closed the device meanwhile' },
  lateInQueue: {
    code: 'REQUEST_TIMEOUT',
    text: 'the timeout passed while earlier requests were in flight',
  },
  interfaceReset: {
    code: 'BMC_UNRESPONSIVE',
    text: 'the interface was reset while the BMC had the command',
  },
  lateForLost: {
    code: 'REQUEST_TIMEOUT',
    text:
      'the BMC did not answer until the timeout; ' +
      'check the BMC, and the process that has the interface',
  },
} as const satisfies Readonly<Record<string, Failure>>;

/** The request timed out while it was on the wire; `misfit` came instead of a reply. */
export function lateOnWire(timeoutMs: number, misfit: string | undefined): Failure {
  const within = `within ${Math.round(timeoutMs)} ms; the BMC may have executed it`;
  if (misfit === undefined) return { code: 'REQUEST_TIMEOUT', text: `no reply ${within}` };
  const came = `only a frame with its seq and cmd that is no reply to it (${misfit}) came`;
  return { code: 'REQUEST_TIMEOUT', text: `${came} ${within}`, silence: 'misfit' };
}

/** The request timed out while another process, `holder`, had the interface. */
export function lateAtLock(holder: string): Failure {
  return { code: 'REQUEST_TIMEOUT', text: `${holder} had the interface until the timeout` };
}

/** Another process, `holder`, has not released the interface for `waitedMs`. */
export function locked(holder: string, waitedMs: number): Failure {
  return { code: 'DEVICE_LOCKED', text: lockedText(holder, waitedMs) };
}

/** The queue is full: `waiting` requests are in it. */
export function queueFull(waiting: number): Failure {
  const text = `${waiting} requests are waiting; wait for some, or raise queueMax`;
  return { code: 'QUEUE_FULL', text };
}

/** The request has more data than the BMC takes. */
export function tooLong(length: number, limit: number): Failure {
  const text = `${length} data bytes; this BMC takes at most ${limit}`;
  return { code: 'REQUEST_TOO_LONG', text };
}

/** The caller's `AbortSignal` aborted, for this reason. */
export function abortedBy(reason: unknown): Failure {
  return { code: 'REQUEST_ABORTED', text: abortText(reason), cause: reason };
}

/** The ports threw, or the lock: the device cannot go on. */
export function portFailed(cause: unknown): Failure {
  // The lock's own words say what is the matter, and what to do.
  if (cause instanceof IpmiError) {
    return { code: cause.code, text: bareText(cause), cause };
  }
  return { code: 'DEVICE_CLOSED', text: `the ports failed: ${String(cause)}`, cause };
}

/** The failure of an attempt that gave the BMC `replyMs`, and the registers at its end. */
export function attemptFailure({ reason, seen }: FailedPoll, replyMs: number): Failure {
  const failure = failureOf(reason, replyMs);
  return { ...failure, text: `${failure.text} (${seen})` };
}

function failureOf(reason: FailReason, replyMs: number): Failure {
  switch (reason) {
    case 'notReady':
      return {
        code: 'REQUEST_TIMEOUT',
        text: 'the BMC stayed busy until the timeout',
        silence: 'busy',
      };
    case 'timeout': {
      const silence = `did not answer within ${Math.round(replyMs)} ms`;
      const text = `the BMC took the request and ${silence}; it may have executed it`;
      return { code: 'BMC_UNRESPONSIVE', text };
    }
    case 'misfit': {
      const text =
        'the BMC took the request, and answered with a frame that has its seq and cmd but ' +
        'is no reply to it; it may have executed the request, and its firmware should be reported';
      return { code: 'BMC_UNRESPONSIVE', text, silence: 'misfit' };
    }
    case 'garbled': {
      const text = 'the BMC answered with a frame too short to be a reply';
      return { code: 'RESPONSE_MALFORMED', text, outcome: 'answered' };
    }
  }
}
