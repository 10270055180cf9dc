/**
 * Steps that stand or fall together: when one fails, those before it are undone, last first.
 */

import { IpmiError } from './errors.ts';

export interface Step {
  readonly run: () => Promise<void> | void;
  readonly undo: () => Promise<void> | void;
}

/** What to do with the undoing that is left when a part of it fails. */
export type AfterFailedUndo =
  /** Leave it: what is left belongs together. */
  | 'stop'
  /** Do it all the same: each step is undone for itself. */
  | 'go on';

/** Runs the steps in order. When one fails, undoes those before it; rejects with all failures. */
export async function runSteps(
  steps: readonly Step[],
  afterFailedUndo: AfterFailedUndo,
): Promise<void> {
  const done: Step[] = [];
  try {
    for (const step of steps) {
      await step.run();
      done.push(step);
    }
  } catch (error) {
    const failures = await undoSteps(done, afterFailedUndo);
    throw failures.reduce((before, failure) => both(failure, before), error);
  }
}

/** Undoes the steps, last first. Resolves to what failed of that. */
export async function undoSteps(
  steps: readonly Step[],
  afterFailedUndo: AfterFailedUndo,
): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  for (const { undo } of [...steps].reverse()) {
    try {
      await undo();
    } catch (failure) {
      failures.push(failure);
      if (afterFailedUndo === 'stop') break;
    }
  }
  return failures;
}

/** An error for a failure that came of dealing with another one, which its text tells, too. */
export function both(failure: unknown, before: unknown): unknown {
  if (!(failure instanceof IpmiError)) return failure;
  const { code, message, outcome } = failure;
  const text = message.slice(`${code}: `.length);
  const cause = before instanceof Error ? before.message : String(before);
  return new IpmiError(code, `${text}; before that: ${cause}`, { outcome, cause: before });
}
