/** Asks before something is changed: on a terminal; elsewhere the option `--yes` is needed. */

import { UsageError } from './args.ts';
import { stderr } from './output.ts';

/** Reads one line of the terminal; undefined at its end. */
function readLine(): Promise<string | undefined> {
  const { stdin } = process;
  stdin.setEncoding('utf8');
  return new Promise((resolve) => {
    const settle = (line: string | undefined): void => {
      stdin.off('data', settle);
      stdin.off('end', end);
      stdin.pause();
      resolve(line);
    };
    const end = (): void => {
      settle(undefined);
    };
    stdin.on('data', settle);
    stdin.on('end', end);
  });
}

/**
 * Resolves to true if the change may be made: `yes` was given, or the answer is `y` or `yes`.
 * Throws a `UsageError` where there is no terminal to ask on. `question` says what will change.
 */
export async function confirm(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError(`${question} Confirm with --yes; nothing was sent`);
  }
  stderr.write(`${question} [y/N] `);
  const answer = await readLine();
  return /^y(es)?$/i.test((answer ?? '').trim());
}
