/** Asks before something is changed: on a terminal; elsewhere the option `--yes` is needed. */

import { createInterface } from 'node:readline/promises';

import { UsageError } from './args.ts';
import { tellUser } from './output.ts';
import { unaskable } from './questions.ts';

/** The option with which a script confirms. */
export const YES_OPTION = {
  help: 'confirm the change; needed where there is no terminal',
} as const;

/**
 * Resolves to true if the change may be made: `yes` was given, or the answer is `y` or `yes`. To
 * any other answer the user is told that nothing was sent; the command ends with exit code 0 then.
 * `change` says what will change, in a sentence without its period. Throws a `UsageError` unless
 * standard input and standard error are a terminal, on which it can be asked.
 */
export async function confirm(change: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  const remedy = unaskable();
  if (remedy !== undefined) throw new UsageError(`${change}. ${remedy}; nothing was sent`);
  const { stdin, stderr: terminal } = process;
  const lines = createInterface({ input: stdin, output: terminal });
  try {
    const answer = await lines.question(`${change}. Go on? [y/N] `);
    if (/^y(es)?$/i.test(answer.trim())) return true;
  } finally {
    lines.close();
  }
  tellUser('nothing was sent');
  return false;
}
