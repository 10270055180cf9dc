/**
 * The rules by which a command is sent again: pure functions of the request and its history. A
 * command is sent at most once, except one known to be harmless, and except after 0xC0, which says
 * that the BMC did not process it.
 */

import { Completion, isAnswerMissing } from '../ipmi/completion.ts';
import { isRepeatable } from '../ipmi/repeatable.ts';
import type { Request } from '../ipmi/message.ts';
import type { Retries } from '../ipmi/requester.ts';
import type { FailReason } from './machine.ts';

/** Fewest repeats of a repeatable command; a BMC may recommend more. */
const SAFE_RETRIES_MIN = 2;

/**
 * Most repeats after the BMC said that it can answer later, unless the caller gave a number; the
 * deadline usually comes first.
 */
const LATER_REPEATS_MAX = 64;

const DELAY_MIN_MS = 100;
const DELAY_MAX_MS = 1000;

/** A command and its repeats so far. */
export interface History {
  readonly request: Request;
  readonly retries: Retries;
  /** It is repeated when the BMC says that it can answer later. */
  readonly repeatBusy: boolean;
  /** Repeats after silence, or after a completion code for which the answer is missing. */
  readonly repeats: number;
  /** Repeats after 0xC0 or 0xD2, by which the BMC said that it can answer later. */
  readonly laterRepeats: number;
}

/** A repeat after an answer. */
export interface Repeat {
  readonly delayMs: number;
  /** The counter of {@link History} that it adds to. */
  readonly counter: 'repeats' | 'laterRepeats';
}

/** True if the command is sent again after an attempt that brought no answer. */
export function repeatsAfterSilence(history: History, bmcRetries: number): boolean {
  return history.repeats < repeatsAllowed(history, bmcRetries);
}

/**
 * The repeat that an answer with this completion code calls for; `undefined` when the answer goes
 * to the caller.
 */
export function repeatAfterReply(
  completionCode: number,
  history: History,
  bmcRetries: number,
): Repeat | undefined {
  if (saysLater(completionCode, history)) {
    const pauseMs = pauseOfBusy(completionCode, history);
    return pauseMs === undefined ? undefined : { delayMs: pauseMs, counter: 'laterRepeats' };
  }
  if (!isAnswerMissing(completionCode) || !repeatsAfterSilence(history, bmcRetries)) {
    return undefined;
  }
  return { delayMs: delayMs(history.repeats), counter: 'repeats' };
}

/**
 * Time from an answer by which the BMC says that it can answer later to the repeat, milliseconds;
 * `undefined` when the answer says something else, or goes to the caller.
 */
export function pauseOfBusy(completionCode: number, history: History): number | undefined {
  const { retries, repeatBusy, laterRepeats } = history;
  if (!repeatBusy || !saysLater(completionCode, history)) return undefined;
  const allowed = retries === 'safe' ? LATER_REPEATS_MAX : retries;
  return laterRepeats < allowed ? delayMs(laterRepeats) : undefined;
}

/** True if the command may be sent any number of times. */
function isHarmless({ request, retries }: History): boolean {
  return retries === 'safe' && isRepeatable(request.netFn, request.cmd);
}

/**
 * True after 0xC0: the command was not processed. 0xD2 does not say that, and counts for harmless
 * commands only.
 */
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

/** A request, as far as the rules depend on it. */
export interface Case extends History {
  /** Its promise has settled. */
  readonly settled: boolean;
  /** The library's own request, whose sender repeats it or not. */
  readonly internal: boolean;
  readonly deadlineMs: number;
}

/** A position in the queue: where the request was, or behind those that were not sent yet. */
export type Position = 'first' | 'last';

/** The next step for a request after an attempt. */
export type Verdict =
  /** Settle it with the result of the attempt. */
  | { readonly kind: 'over' }
  /** Make another attempt at once: a repeat after silence, or because nothing was sent. */
  | { readonly kind: 'again'; readonly isRepeat: boolean }
  /** Put it back where it was in the queue, to be sent again at `atMs`. */
  | { readonly kind: 'later'; readonly atMs: number; readonly counter: Repeat['counter'] }
  /** Put it back into the queue, to start afresh. */
  | { readonly kind: 'anew'; readonly position: Position };

const OVER: Verdict = { kind: 'over' };

/** Everything else that the rules depend on. */
export interface Circumstances {
  readonly nowMs: number;
  /** Repeats the BMC recommends. */
  readonly bmcRetries: number;
}

/** The verdict after an answer with `completionCode`. */
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

/** The verdict after an attempt that brought no answer, for `reason`. */
export function afterSilence(
  asked: Case,
  reason: FailReason,
  { nowMs, bmcRetries }: Circumstances,
): Verdict {
  if (asked.settled || nowMs >= asked.deadlineMs) return OVER;
  if (reason === 'notReady') {
    // It was not sent, so that it may wait until its deadline.
    return asked.internal
      ? { kind: 'again', isRepeat: false }
      : { kind: 'anew', position: 'first' };
  }
  if (repeatsAfterSilence(asked, bmcRetries)) return { kind: 'again', isRepeat: true };
  // Once the BMC has been found again, a harmless command starts afresh.
  return !asked.internal && isHarmless(asked) ? { kind: 'anew', position: 'last' } : OVER;
}
