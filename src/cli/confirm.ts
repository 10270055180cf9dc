/** Asks before something is changed: on a terminal; elsewhere the option `--yes` is needed. */

import { createInterface } from 'node:readline/promises';

import { UsageError } from './args.ts';

/** The option with which a script confirms. */
export const YES_OPTION = {
  help: 'confirm the change; needed where there is no terminal',
} as const;

/**
 * Resolves to true if the change may be made: `yes` was given, or the answer is `y` or `yes`.
 * `question` is a sentence that says what will change. Throws a `UsageError` unless standard input
 * and standard error are a terminal, on which it can be asked.
 */
export async function confirm(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  const { stdin, stderr: terminal } = process;
  if (!stdin.isTTY || !terminal.isTTY) {
    throw new UsageError(`${question} Confirm with --yes; nothing was sent`);
  }
  const lines = createInterface({ input: stdin, output: terminal });
  try {
    const answer = await lines.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
