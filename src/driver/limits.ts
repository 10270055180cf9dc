/**
 * How long the driver waits, how often it repeats and how much it sends, derived from what the BMC
 * says of itself.
 */

import { REQUEST_OVERHEAD_BYTES, believable } from '../ipmi/bt-capabilities.ts';
import type { BtCapabilities } from '../ipmi/bt-capabilities.ts';

/**
 * An attempt lasts so much longer than the BMC's own time: a BMC that gives up at its limit says
 * so then, and host and BMC must not race for it.
 */
const GRACE_MS = 1000;

/** A request without a time of its own gets so many attempts' time, and at least this long. */
const REQUEST_ATTEMPTS = 3;
const REQUEST_MIN_MS = 15_000;

export interface Limits {
  /** Time one attempt may take, from the moment the BMC has the request. */
  readonly attemptMs: number;
  /** Time a request may take, from the call, when the caller does not say. */
  readonly requestMs: number;
  /** Repeats the BMC recommends. */
  readonly retries: number;
  /** Most request data, bytes. */
  readonly requestDataMax: number;
}

/** The limits for a BMC with these capabilities; `attemptMs` overrides the time it claims. */
export function limitsFor(raw: BtCapabilities, attemptMs?: number): Limits {
  const { responseTimeSeconds, inputBytes, retries } = believable(raw);
  const oneAttemptMs = attemptMs ?? responseTimeSeconds * 1000 + GRACE_MS;
  return {
    attemptMs: oneAttemptMs,
    requestMs: Math.max(REQUEST_ATTEMPTS * oneAttemptMs, REQUEST_MIN_MS),
    retries,
    requestDataMax: inputBytes - REQUEST_OVERHEAD_BYTES,
  };
}
