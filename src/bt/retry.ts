/**
 * When a command is sent again (and when not): a pure function of what was asked for and what has
 * happened. At most once is the rule; repeats are for commands known to be harmless, and for 0xC0,
 * which says that the BMC did not process the command.
 */

import { Completion, isAnswerMissing } from '../ipmi/completion.ts';
import { isRepeatable } from '../ipmi/repeatable.ts';
import type { Request } from './frame.ts';

/**
 * `safe`: repeat only commands on the allow-list of `ipmi/repeatable.ts`. A number: repeat this
 * command so often, whatever it does.
 */
export type Retries = 'safe' | number;

/** Fewest repeats of a repeatable command; a BMC may recommend more. */
export const SAFE_RETRIES_MIN = 2;

/** Repeats after 0xC0 when the caller named no number; the deadline usually comes first. */
const BUSY_REPEATS_MAX = 64;

const DELAY_MIN_MS = 100;
const DELAY_MAX_MS = 1000;

/** What has happened to a command so far. */
export interface History {
  readonly request: Request;
  readonly retries: Retries;
  /** Repeats after silence, or after an answer that said the answer is missing. */
  readonly repeats: number;
  /** Repeats after 0xC0. */
  readonly busyRepeats: number;
}

/** Whether to send the command again after an attempt that brought no answer. */
export function repeatsAfterSilence(history: History, bmcRetries: number): boolean {
  return history.repeats < repeatsAllowed(history, bmcRetries);
}

/**
 * Milliseconds to wait before asking again after an answer with this completion code; `undefined`
 * when the answer is to be handed to the caller.
 */
export function delayAfterReply(
  completionCode: number,
  history: History,
  bmcRetries: number,
): number | undefined {
  if (completionCode === Completion.NODE_BUSY) {
    const allowed = history.retries === 'safe' ? BUSY_REPEATS_MAX : history.retries;
    return history.busyRepeats < allowed ? delayMs(history.busyRepeats) : undefined;
  }
  if (!isAnswerMissing(completionCode)) return undefined;
  return repeatsAfterSilence(history, bmcRetries) ? delayMs(history.repeats) : undefined;
}

function repeatsAllowed({ request, retries }: History, bmcRetries: number): number {
  if (retries !== 'safe') return retries;
  return isRepeatable(request.netFn, request.cmd) ? Math.max(bmcRetries, SAFE_RETRIES_MIN) : 0;
}

function delayMs(repeats: number): number {
  return Math.min(DELAY_MIN_MS * 2 ** repeats, DELAY_MAX_MS);
}
