/** `ipmitool exec`: the commands of a file, one a line, in one session. */

import { readInput } from './c-files.ts';
import { refuse } from './choose.ts';
import { lineWords } from './line-words.ts';
import type { Family, Session } from './session.ts';

/** The family, with what runs a command; a line that fails does not end it. */
export function execWith(runCommand: Family): Family {
  return async (session, [path]) => {
    if (path === undefined) return refuse(session, 'Usage: exec <filename>');
    const { running } = session.memory;
    if (running.has(path)) return refuse(session, `File ${path} runs itself`);
    const bytes = readInput(session, path);
    if (bytes === undefined) return 1;
    running.add(path);
    const exit = await runLines(bytes.toString('latin1').split('\n'), session, runCommand);
    running.delete(path);
    return exit;
  };
}

async function runLines(
  lines: readonly string[],
  session: Session,
  runCommand: Family,
): Promise<number> {
  let exit = 0;
  for (const line of lines) {
    // A quote that is not closed takes the newline, too.
    const [text = ''] = `${line}\n`.split('#', 1);
    const words = lineWords(text);
    if (words.length === 0) continue;
    if ((await runCommand(session, words)) !== 0) exit = 1;
  }
  return exit;
}
