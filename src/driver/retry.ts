/**
 * When a command is sent again (and when not): a pure function of what was asked for and what has
 * happened. At most once is the rule; repeats are for commands known to be harmless, and for 0xC0,
 * which says that the BMC did not process the command.
 */

import { Completion, isAnswerMissing } from '../ipmi/completion.ts';
import { isRepeatable } from '../ipmi/repeatable.ts';
import type { Request } from '../ipmi/message.ts';
import type { Retries } from '../ipmi/requester.ts';

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
