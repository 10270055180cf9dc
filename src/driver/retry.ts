/**
 * When a command is sent again (and when not): a pure function of what was asked for and what has
 * happened. At most once is the rule; repeats are for commands known to be harmless, and for 0xC0,
 * which says that the BMC did not process the command.
 */

import { Completion, isAnswerMissing } from '../ipmi/completion.ts';
import { isRepeatable } from '../ipmi/repeatable.ts';
import type { Request } from '../ipmi/message.ts';
import type { Retries } from '../ipmi/requester.ts';
import type { FailReason } from './machine.ts';

/** Fewest repeats of a repeatable command; a BMC may recommend more. */
export const SAFE_RETRIES_MIN = 2;

/**
 * Repeats when the BMC says that it can answer later and the caller named no number; the deadline
 * usually comes first.
 */
const LATER_REPEATS_MAX = 64;

const DELAY_MIN_MS = 100;
const DELAY_MAX_MS = 1000;

/** What has happened to a command so far. */
export interface History {
  readonly request: Request;
  readonly retries: Retries;
  /** Repeats after silence, or after an answer that said the answer is missing. */
  readonly repeats: number;
  /** Repeats after 0xC0, or after 0xD2: the BMC said that it can answer later. */
  readonly laterRepeats: number;
}

/** A repeat that is due after an answer. */
export interface Repeat {
  readonly delayMs: number;
  /** What it is counted as. */
  readonly counter: 'repeats' | 'laterRepeats';
}

/** Whether to send the command again after an attempt that brought no answer. */
export function repeatsAfterSilence(history: History, bmcRetries: number): boolean {
  return history.repeats < repeatsAllowed(history, bmcRetries);
}

/**
 * How to ask again after an answer with this completion code; `undefined` when the answer is to be
 * handed to the caller.
 */
export function repeatAfterReply(
  completionCode: number,
  history: History,
  bmcRetries: number,
): Repeat | undefined {
  const { repeats, laterRepeats } = history;
  if (saysLater(completionCode, history)) {
    const allowed = history.retries === 'safe' ? LATER_REPEATS_MAX : history.retries;
    if (laterRepeats >= allowed) return undefined;
    return { delayMs: delayMs(laterRepeats), counter: 'laterRepeats' };
  }
  if (!isAnswerMissing(completionCode) || !repeatsAfterSilence(history, bmcRetries)) {
    return undefined;
  }
  return { delayMs: delayMs(repeats), counter: 'repeats' };
}

/** Whether the command may be sent any number of times. */
export function isHarmless({ request, retries }: History): boolean {
  return retries === 'safe' && isRepeatable(request.netFn, request.cmd);
}

/** 0xC0: not processed. 0xD2 does not say that, so it counts for what may be repeated only. */
function saysLater(completionCode: number, history: History): boolean {
  if (completionCode === Completion.NODE_BUSY) return true;
  return completionCode === Completion.INITIALIZING && isHarmless(history);
}

function repeatsAllowed(history: History, bmcRetries: number): number {
  if (history.retries !== 'safe') return history.retries;
  return isHarmless(history) ? Math.max(bmcRetries, SAFE_RETRIES_MIN) : 0;
}

function delayMs(repeats: number): number {
  return Math.min(DELAY_MIN_MS * 2 ** repeats, DELAY_MAX_MS);
}

/** What is to be known of a request. */
export interface Case extends History {
  /** Its caller has been told already. */
  readonly settled: boolean;
  /** The driver's own: it tries again by itself, or not. */
  readonly internal: boolean;
  readonly deadlineMs: number;
}

/** A position in the queue: where the request was, or behind those that had no turn yet. */
export type Position = 'first' | 'last';

/** What to do with it. */
export type Verdict =
  /** Settle it with what the attempt brought. */
  | { readonly kind: 'over' }
  /** Send it again at once: after silence as it was, or because it was not sent at all. */
  | { readonly kind: 'again'; readonly isRepeat: boolean }
  /** Back to where it was in the queue, to be sent again at `atMs`. */
  | { readonly kind: 'later'; readonly atMs: number; readonly counter: Repeat['counter'] }
  /** Back into the queue, to begin anew: where it was, or behind those who had no turn yet. */
  | { readonly kind: 'anew'; readonly position: Position };

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
    return asked.internal
      ? { kind: 'again', isRepeat: false }
      : { kind: 'anew', position: 'first' };
  }
  if (repeatsAfterSilence(asked, bmcRetries)) return { kind: 'again', isRepeat: true };
  // When the BMC has been looked for, what can do no harm begins anew.
  return !asked.internal && isHarmless(asked) ? { kind: 'anew', position: 'last' } : OVER;
}
