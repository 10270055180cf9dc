/**
 * Steps that stand or fall together: when one fails, those before it are undone, last first. What
 * is to be undone stands on a stack, and outlives the steps when their result is to be undone
 * later.
 */

import { IpmiError } from './errors.ts';

/** The undoing of one step. */
export interface Undo {
  readonly run: () => Promise<void> | void;
  /** The same without waiting, for exit handlers; `run` itself when absent. */
  readonly runNow?: () => void;
}

/** One step and its undoing. */
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

export class Rollback {
  readonly #undos: Undo[] = [];

  /** True when nothing is left to undo. */
  get isEmpty(): boolean {
    return this.#undos.length === 0;
  }

  /** A step was done: it is undone before those that were done earlier. */
  add(undo: Undo): void {
    this.#undos.push(undo);
  }

  /**
   * Undoes everything, last first. Resolves to what failed of it, or to `overtaken` when
   * {@link runNow} has done it meanwhile.
   */
  async run(afterFailure: AfterFailedUndo): Promise<readonly unknown[] | 'overtaken'> {
    const failures: unknown[] = [];
    for (let undo = this.#undos.at(-1); undo !== undefined; undo = this.#undos.at(-1)) {
      try {
        await undo.run();
      } catch (failure) {
        failures.push(failure);
      }
      // It stood there until it was done, so that an exit in mid-wait does it without waiting.
      if (this.#undos.at(-1) !== undo) return 'overtaken';
      this.#undos.pop();
      if (failures.length > 0 && afterFailure === 'stop') break;
    }
    return failures;
  }

  /** The same without waiting, for exit handlers. Returns what failed of it. */
  runNow(): readonly unknown[] {
    const failures: unknown[] = [];
    for (let undo = this.#undos.pop(); undo !== undefined; undo = this.#undos.pop()) {
      try {
        if (undo.runNow === undefined) void undo.run();
        else undo.runNow();
      } catch (failure) {
        failures.push(failure);
      }
    }
    return failures;
  }
}

/** Runs the steps in order. When one fails, undoes those before it; rejects with all failures. */
export async function runSteps(
  steps: readonly Step[],
  afterFailedUndo: AfterFailedUndo,
): Promise<void> {
  const rollback = new Rollback();
  try {
    for (const { run, undo } of steps) {
      await run();
      rollback.add({ run: undo });
    }
  } catch (error) {
    throw allOf([error, ...(await failuresOf(rollback, afterFailedUndo))]);
  }
}

/** Undoes everything that stands on `rollback`, and resolves to what failed of it. */
export async function failuresOf(
  rollback: Rollback,
  afterFailedUndo: AfterFailedUndo,
): Promise<readonly unknown[]> {
  const failures = await rollback.run(afterFailedUndo);
  return failures === 'overtaken' ? [] : failures;
}

/** One error for failures of which each came of dealing with the one before. */
export function allOf(failures: readonly unknown[]): unknown {
  return failures.reduce((before, failure) => both(failure, before));
}

/** An error for a failure that came of dealing with another one, which its text tells, too. */
export function both(failure: unknown, before: unknown): unknown {
  if (!(failure instanceof IpmiError)) return failure;
  const { code, message, outcome } = failure;
  const text = message.slice(`${code}: `.length);
  const cause = before instanceof Error ? before.message : String(before);
  return new IpmiError(code, `${text}; before that: ${cause}`, { outcome, cause: before });
}
