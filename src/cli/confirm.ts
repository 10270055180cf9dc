/** The question before a command that changes something. */

import { createInterface } from 'node:readline/promises';

import { UsageError } from './args.ts';

/** The option with which a script confirms. */
export const YES_OPTION = {
  help: 'confirm the change; needed where there is no terminal',
} as const;

/**
 * Resolves to true if the change is confirmed: by `--yes`, or by an answer on the terminal, where
 * standard input and standard error are one. Throws a `UsageError` where there is neither.
 */
export async function confirm(question: string, isConfirmed: boolean): Promise<boolean> {
  if (isConfirmed) return true;
  const { stdin, stderr: terminal } = process;
  if (!stdin.isTTY || !terminal.isTTY) {
    throw new UsageError(`${question}: confirm with --yes, as there is no terminal to ask on`);
  }
  const lines = createInterface({ input: stdin, output: terminal });
  try {
    const answer = await lines.question(`${question}? [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
