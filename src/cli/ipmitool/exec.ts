/** `ipmitool exec`: the commands of a file, one a line, in one session. */

import { readInput } from './c-files.ts';
import { refuse } from './choose.ts';
import { lineWords } from './line-words.ts';
import type { Family, Session } from './session.ts';

/** Up to a newline, or as many characters as the buffer of a line has. */
const LINE = /[^\n]{0,2046}\n|[^\n]{1,2047}/g;

/** The family, with what runs a command; a line that fails does not end it. */
export function execWith(runCommand: Family): Family {
  return async (session, [path]) => {
    if (path === undefined) return refuse(session, 'Usage: exec <filename>');
    const { running } = session.memory;
    if (running.has(path)) return refuse(session, `File ${path} runs itself`);
    const bytes = readInput(session, path);
    if (bytes === undefined) return 1;
    running.add(path);
    const exit = await runLines(linesOf(bytes.toString('latin1')), session, runCommand);
    running.delete(path);
    return exit;
  };
}

/**
 * The lines as fgets() reads them: each has its newline, which a quote that is not closed takes,
 * and one that is longer than the buffer is more than one line.
 */
function linesOf(text: string): readonly string[] {
  return text.match(LINE) ?? [];
}

async function runLines(
  lines: readonly string[],
  session: Session,
  runCommand: Family,
): Promise<number> {
  let exit = 0;
  for (const line of lines) {
    const [text = ''] = line.split(/[#\0]/, 1);
    const words = lineWords(text);
    if (words.length === 0) continue;
    if ((await runCommand(session, words)) !== 0) exit = 1;
  }
  return exit;
}
