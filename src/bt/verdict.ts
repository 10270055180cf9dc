/**
 * What becomes of a request when an attempt at it is over: it is settled, sent again, or kept until
 * the BMC is known to be there. Pure, like the rules of repetition it applies.
 */

import type { FailReason } from './machine.ts';
import { isHarmless, repeatAfterReply, repeatsAfterSilence } from './retry.ts';
import type { History, Repeat } from './retry.ts';

/** What is to be known of a request. */
export interface Case extends History {
  /** Its caller has been told already. */
  readonly settled: boolean;
  /** The driver's own: it tries again by itself, or not. */
  readonly internal: boolean;
  readonly deadlineMs: number;
}

/** What to do with it. */
export type Verdict =
  /** Settle it with what the attempt brought. */
  | { readonly kind: 'over' }
  /** Send it again at `atMs`, ahead of all others; one more on the counter, if any. */
  | { readonly kind: 'again'; readonly atMs: number; readonly counter?: Repeat['counter'] }
  /** Back into the queue: where it was, or behind those who have not had their turn. */
  | { readonly kind: 'keep'; readonly place: 'first' | 'last' };

const OVER: Verdict = { kind: 'over' };

/** What the rules go by besides the request. */
export interface Circumstances {
  readonly nowMs: number;
  /** Repeats the BMC recommends. */
  readonly bmcRetries: number;
}

/** The BMC has answered with `completionCode`. */
export function afterReply(
  asked: Case,
  completionCode: number,
  { nowMs, bmcRetries }: Circumstances,
): Verdict {
  const repeat = repeatAfterReply(completionCode, asked, bmcRetries);
  if (repeat === undefined || asked.settled) return OVER;
  const atMs = nowMs + repeat.delayMs;
  return atMs < asked.deadlineMs ? { kind: 'again', atMs, counter: repeat.counter } : OVER;
}

/** The attempt brought no answer, for `reason`. */
export function afterSilence(
  asked: Case,
  reason: FailReason,
  { nowMs, bmcRetries }: Circumstances,
): Verdict {
  if (asked.settled || nowMs >= asked.deadlineMs) return OVER;
  if (reason === 'notReady') {
    // It was not sent, so that it can wait as long as it likes.
    return asked.internal ? { kind: 'again', atMs: nowMs } : { kind: 'keep', place: 'first' };
  }
  if (repeatsAfterSilence(asked, bmcRetries)) {
    return { kind: 'again', atMs: nowMs, counter: 'repeats' };
  }
  // When the BMC has been looked for, what can do no harm begins anew.
  return !asked.internal && isHarmless(asked) ? { kind: 'keep', place: 'last' } : OVER;
}
