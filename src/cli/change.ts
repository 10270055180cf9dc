/** Commands of the command line that change something: they ask first, and then open the device. */

import { confirm } from './confirm.ts';
import type { GlobalValues } from './globals.ts';
import { runOperation } from './operation.ts';
import type { Operation } from './operation.ts';

/** A change: the question, and the answer that `--yes` gives in advance. */
export interface Change {
  /** Says in a sentence what is done, such as `power off will switch the system off`. */
  readonly question: string;
  readonly yes: boolean;
}

/** Runs a change if it is confirmed; the exit code is 0 if it is not. */
export async function runChange(
  globals: GlobalValues,
  { question, yes }: Change,
  operation: Operation,
): Promise<number> {
  return (await confirm(question, { yes, globals })) ? await runOperation(globals, operation) : 0;
}
