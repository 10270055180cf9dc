/** The question before a command changes something: asked on a terminal, answered by `--yes`. */

import { isatty } from 'node:tty';

import { UsageError } from './args.ts';
import { stderr } from './output.ts';

/**
 * True if the change is confirmed: by `yes`, or by the answer to `question` on a terminal. Throws a
 * `UsageError` where there is no terminal to ask on.
 */
export async function confirm(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!isatty(0) || !isatty(2)) {
    throw new UsageError(`${question} Confirm with --yes; nothing was sent`);
  }
  stderr.write(`${question} [y/N] `);
  return /^y(es)?$/i.test((await answer()).trim());
}

/** The line that is typed; empty at the end of the input. */
async function answer(): Promise<string> {
  const { stdin } = process;
  return await new Promise((resolve) => {
    const end = (text: string): void => {
      stdin.removeAllListeners('data').removeAllListeners('end').pause();
      resolve(text);
    };
    stdin.setEncoding('utf8');
    stdin.once('data', (text) => {
      end(String(text));
    });
    stdin.once('end', () => {
      end('');
    });
  });
}
