/** Commands of the command line that change something: they ask first, and then open the device. */

import { confirm } from './confirm.ts';
import type { GlobalValues } from './globals.ts';
import { runOperation } from './operation.ts';
import type { Operation } from './operation.ts';
import { tellUser } from './output.ts';

/** A change: the question, and the answer that `--yes` gives in advance. */
export interface Change {
  /** Says in a sentence what is done, such as `power off will switch the system off`. */
  readonly question: string;
  readonly yes: boolean;
}

/** Runs a change if it is confirmed; nothing is sent, and the exit code is 0, if it is not. */
export async function runChange(
  globals: GlobalValues,
  { question, yes }: Change,
  operation: Operation,
): Promise<number> {
  if (await confirm(`${question}.`, yes)) return await runOperation(globals, operation);
  tellUser('nothing was sent');
  return 0;
}
