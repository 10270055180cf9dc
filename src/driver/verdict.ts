/**
 * What becomes of a request when an attempt at it is over: it is settled, sent again, or kept until
 * the BMC is known to be there. Pure, like the rules of repetition it applies.
 */

import { Completion } from '../ipmi/completion.ts';
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
  /** Send it again at once: after silence as it was, or because it was not sent at all. */
  | { readonly kind: 'again'; readonly isRepeat: boolean }
  /** Back to where it was in the queue, to be sent again at `atMs`. */
  | { readonly kind: 'later'; readonly atMs: number; readonly counter: Repeat['counter'] }
  /** Back into the queue, to begin anew: where it was, or behind those who had no turn yet. */
  | { readonly kind: 'anew'; readonly place: 'first' | 'last' };

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
  if (completionCode === Completion.OK) return OVER;
  const repeat = repeatAfterReply(completionCode, asked, bmcRetries);
  if (repeat === undefined || asked.settled) return OVER;
  const atMs = nowMs + repeat.delayMs;
  return atMs < asked.deadlineMs ? { kind: 'later', atMs, counter: repeat.counter } : OVER;
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
    return asked.internal ? { kind: 'again', isRepeat: false } : { kind: 'anew', place: 'first' };
  }
  if (repeatsAfterSilence(asked, bmcRetries)) return { kind: 'again', isRepeat: true };
  // When the BMC has been looked for, what can do no harm begins anew.
  return !asked.internal && isHarmless(asked) ? { kind: 'anew', place: 'last' } : OVER;
}
