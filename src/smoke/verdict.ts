/** The verdict of a run: its result, its exit code, and one sentence, from the ends of checks. */

import { EndedBySignal } from '../signals.ts';
import type { CheckEnd, CheckId, RunEnd } from './events.ts';

/** The run was ended before it was over; the command line knows by which signal. */
const EXIT_INTERRUPTED = 130;

const EXIT_FAILED = 1;
const EXIT_ABSENT = 69;

/** It compares what the others found, and proves nothing without them. */
const COMPARISON: CheckId = 'baseline';

/** The part of the end of a run that follows from the ends of its checks. */
export type Verdict = Pick<RunEnd, 'result' | 'exit' | 'text'>;

/**
 * Concludes from the ends of all checks, in a run that `signal` may have ended. Exit code 0 means
 * that one at least passed, and every other one, too, or its skip is allowed.
 */
export function verdictOf(ends: readonly CheckEnd[], signal: AbortSignal): Verdict {
  const failed = ends.filter(({ result }) => result === 'fail');
  const passed = ends.filter(({ result }) => result === 'pass');
  const skipped = ends.filter(({ result, isAllowed }) => result === 'skip' && !isAllowed);
  const error = ends.find(({ result }) => result === 'error');
  const allowed = ends.filter(({ result, isAllowed }) => result === 'skip' && isAllowed);
  const may = allowed.length === 0 ? '' : `, ${idsOf(allowed).join(', ')} may be skipped`;
  const counts = `${passed.length} of ${ends.length} checks passed${may}`;
  const found = failed.length === 0 ? counts : `${counts}; failed: ${listOf(failed)}`;
  if (signal.aborted) {
    const result = failed.length === 0 ? 'interrupted' : 'fail';
    const text = `${interruptionText(ends, signal.reason)}; ${found}`;
    return { result, exit: EXIT_INTERRUPTED, text };
  }
  if (failed.length > 0) return { result: 'fail', exit: EXIT_FAILED, text: found };
  if (error !== undefined) {
    const result = error.exit === EXIT_ABSENT ? 'skip' : 'error';
    const text = `nothing is proved: ${error.id}: ${error.reason}`;
    return { result, exit: error.exit ?? EXIT_FAILED, text };
  }
  if (skipped.length > 0) {
    const hint = `allow that with --allow-skip ${idsOf(skipped).join(',')}`;
    return { result: 'fail', exit: EXIT_FAILED, text: `${counts}; did not run: ${hint}` };
  }
  const isCompared = allowed.length > 0 && passed.every(({ id }) => id === COMPARISON);
  if (passed.length === 0 || isCompared) {
    const which = allowed.length === 0 ? '' : `: ${idsOf(allowed).join(', ')} may be skipped`;
    const text = `nothing is proved: no check ran${which}`;
    return { result: 'skip', exit: EXIT_ABSENT, text };
  }
  return { result: 'pass', exit: 0, text: counts };
}

function interruptionText(ends: readonly CheckEnd[], reason: unknown): string {
  const by = reason instanceof EndedBySignal ? ` by ${reason.signal}` : '';
  const done = ends.filter(({ result }) => result !== 'interrupted');
  return `interrupted${by} after ${done.length} of ${ends.length} checks`;
}

function idsOf(ends: readonly CheckEnd[]): readonly string[] {
  return [...new Set(ends.map(({ id }) => id))];
}

function listOf(ends: readonly CheckEnd[]): string {
  return [...new Set(ends.map(({ id, slugs }) => `${id} (${slugs.join(', ')})`))].join(', ');
}
