/**
 * Runs steps of which either all succeed or none has an effect: when one fails, those before it are
 * undone, last first. The undos are on a stack, which can be kept when all steps have succeeded, to
 * undo their result later.
 */

import { IpmiError, bareText } from './errors.ts';

/** Undoes one step. */
export interface Undo {
  readonly run: () => Promise<void> | void;
  /** The same without waiting, for exit handlers; `run` itself when absent. */
  readonly runNow?: () => void;
}

/** One step and its undo. */
export interface Step {
  readonly run: () => Promise<void> | void;
  readonly undo: () => Promise<void> | void;
}

/** The two ways to go on after an undo has failed. */
export type AfterFailedUndo =
  /** Leave the others on the stack, because each depends on the one before it. */
  | 'stop'
  /** Run the others all the same, because each is independent. */
  | 'go on';

export class Rollback {
  readonly #undos: Undo[] = [];

  /** True when nothing is left to undo. */
  get isEmpty(): boolean {
    return this.#undos.length === 0;
  }

  /** Pushes the undo of a step that was done; it runs before those that were added earlier. */
  add(undo: Undo): void {
    this.#undos.push(undo);
  }

  /**
   * Runs all undos, last first. Resolves to the failures, or to `overtaken` when {@link runNow} has
   * run them meanwhile.
   */
  async run(afterFailure: AfterFailedUndo): Promise<readonly unknown[] | 'overtaken'> {
    const failures: unknown[] = [];
    for (let undo = this.#undos.at(-1); undo !== undefined; undo = this.#undos.at(-1)) {
      try {
        await undo.run();
      } catch (failure) {
        failures.push(failure);
      }
      // It stays on the stack until it is done, so that an exit meanwhile runs it without waiting.
      if (this.#undos.at(-1) !== undo) return 'overtaken';
      this.#undos.pop();
      if (failures.length > 0 && afterFailure === 'stop') break;
    }
    return failures;
  }

  /** The same without waiting, for exit handlers. Returns the failures. */
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

/** Runs all undos of `rollback`, and resolves to the failures; none when it was overtaken. */
export async function failuresOf(
  rollback: Rollback,
  afterFailedUndo: AfterFailedUndo,
): Promise<readonly unknown[]> {
  const failures = await rollback.run(afterFailedUndo);
  return failures === 'overtaken' ? [] : failures;
}

/** Makes one error of failures, each of which arose while the one before it was handled. */
export function allOf(failures: readonly unknown[]): unknown {
  return failures.reduce((before, failure) => both(failure, before));
}

/** Makes an error of a failure that arose while `before` was handled; its text has both. */
export function both(failure: unknown, before: unknown): unknown {
  if (!(failure instanceof IpmiError)) return failure;
  const { code, outcome } = failure;
  const text = bareText(failure);
  const cause = before instanceof Error ? before.message : String(before);
  return new IpmiError(code, `${text}; before that: ${cause}`, { outcome, cause: before });
}
