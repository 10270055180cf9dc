/**
 * Timeouts, number of repeats and size of a request, derived from the BMC's capabilities.
 */

import {
  DEFAULT_CAPABILITIES,
  REQUEST_OVERHEAD_BYTES,
  believable,
} from '../ipmi/bt-capabilities.ts';
import type { BtCapabilities } from '../ipmi/bt-capabilities.ts';

/**
 * Added to the BMC's own response time: a BMC that gives up at its limit reports that then, and an
 * attempt that ended at the same moment would miss the report.
 */
const GRACE_MS = 1000;

/** The default timeout of a request: so many attempts, and at least this long. */
const REQUEST_ATTEMPTS = 3;
const REQUEST_MIN_MS = 15_000;

/**
 * Longest attempt while it is not known how long the BMC takes. A BMC may say up to 255 s, but no
 * other request can be sent meanwhile: neither by this process nor by another one, which waits for
 * the interface for 30 s by default.
 */
export const UNKNOWN_ATTEMPT_MAX_MS = 25_000;

export interface Limits {
  /** Timeout of one attempt, from the moment the BMC has the request. */
  readonly attemptMs: number;
  /** True when neither the BMC nor the caller has said how long an attempt takes. */
  readonly isAssumed: boolean;
  /** Timeout of a request, from the call, unless the caller gives one. */
  readonly requestMs: number;
  /** Repeats the BMC recommends. */
  readonly retries: number;
  /** Most request data, bytes. */
  readonly requestDataMax: number;
}

/** Derives the limits from a BMC's capabilities; `attemptMs` overrides the time it claims. */
export function limitsFor(raw: BtCapabilities, attemptMs?: number): Limits {
  const { responseTimeSeconds, inputBytes, retries } = believable(raw);
  const oneAttemptMs = attemptMs ?? responseTimeSeconds * 1000 + GRACE_MS;
  return {
    attemptMs: oneAttemptMs,
    isAssumed: false,
    requestMs: Math.max(REQUEST_ATTEMPTS * oneAttemptMs, REQUEST_MIN_MS),
    retries,
    requestDataMax: inputBytes - REQUEST_OVERHEAD_BYTES,
  };
}

/** Returns the limits for a BMC that has told no capabilities, or none yet. */
export function assumedLimits(attemptMs?: number): Limits {
  return { ...limitsFor(DEFAULT_CAPABILITIES, attemptMs), isAssumed: attemptMs === undefined };
}
