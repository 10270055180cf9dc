/** The verdict of a run: its result, its exit code, and one sentence, from the ends of checks. */

import type { CheckEnd, RunEnd } from './events.ts';

/** The run was ended before it was over; the command line knows by which signal. */
const EXIT_INTERRUPTED = 130;

const EXIT_FAILED = 1;
const EXIT_ABSENT = 69;

/** The part of the end of a run that follows from the ends of its checks. */
export type Verdict = Pick<RunEnd, 'result' | 'exit' | 'text'>;

/**
 * Concludes from all checks that ran. Exit code 0 means that every one passed, or that its skip is
 * allowed.
 */
export function verdictOf(ends: readonly CheckEnd[], isInterrupted: boolean): Verdict {
  const failed = ends.filter(({ result }) => result === 'fail');
  const passed = ends.filter(({ result }) => result === 'pass');
  const skipped = ends.filter(({ result, isAllowed }) => result === 'skip' && !isAllowed);
  const error = ends.find(({ result }) => result === 'error');
  const allowed = ends.filter(({ result, isAllowed }) => result === 'skip' && isAllowed);
  const may = allowed.length === 0 ? '' : `, ${idsOf(allowed).join(', ')} may be skipped`;
  const counts = `${passed.length} of ${ends.length} checks passed${may}`;
  if (failed.length > 0) {
    const exit = isInterrupted ? EXIT_INTERRUPTED : EXIT_FAILED;
    return { result: 'fail', exit, text: `${counts}; failed: ${listOf(failed)}` };
  }
  if (isInterrupted) {
    return { result: 'interrupted', exit: EXIT_INTERRUPTED, text: `interrupted; ${counts}` };
  }
  if (error !== undefined) {
    const result = error.exit === EXIT_ABSENT ? 'skip' : 'error';
    const text = `nothing is proved: ${error.id}: ${error.reason}`;
    return { result, exit: error.exit ?? EXIT_FAILED, text };
  }
  if (skipped.length > 0) {
    const hint = `allow that with --allow-skip ${idsOf(skipped).join(',')}`;
    return { result: 'fail', exit: EXIT_FAILED, text: `${counts}; did not run: ${hint}` };
  }
  return { result: 'pass', exit: 0, text: counts };
}

function idsOf(ends: readonly CheckEnd[]): readonly string[] {
  return [...new Set(ends.map(({ id }) => id))];
}

function listOf(ends: readonly CheckEnd[]): string {
  return [...new Set(ends.map(({ id, slugs }) => `${id} (${slugs.join(', ')})`))].join(', ');
}
