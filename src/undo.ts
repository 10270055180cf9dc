/**
 * Steps that stand or fall together: when one fails, those before it are undone, last first.
 */

import { IpmiError } from './errors.ts';

export interface Step {
  readonly run: () => Promise<void> | void;
  readonly undo: () => Promise<void> | void;
}

/**
 * Runs the steps in order, and rejects with what one failed with. Undoing stops where it fails, so
 * that what is left belongs together; then it rejects with both.
 */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  const done: Step[] = [];
  try {
    for (const step of steps) {
      await step.run();
      done.unshift(step);
    }
  } catch (error) {
    try {
      for (const { undo } of done) await undo();
    } catch (failure) {
      throw both(failure, error);
    }
    throw error;
  }
}

/** An error for a failure that came of dealing with another one, which its text tells, too. */
export function both(failure: unknown, before: unknown): unknown {
  if (!(failure instanceof IpmiError)) return failure;
  const { code, message, outcome } = failure;
  const text = message.slice(`${code}: `.length);
  const cause = before instanceof Error ? before.message : String(before);
  return new IpmiError(code, `${text}; before that: ${cause}`, { outcome, cause: before });
}
