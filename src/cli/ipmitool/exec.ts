/** `ipmitool exec`: the commands of a file, one a line, in one session. */

import { systemFiles } from '../../files.ts';
import { refuse } from './choose.ts';
import type { Family } from './session.ts';

/** The family, with what runs a command; a line that fails does not end it. */
export function execWith(runCommand: Family): Family {
  return async (session, [path]) => {
    if (path === undefined) return refuse(session, 'Usage: exec <filename>');
    const text = systemFiles.readText(path);
    if (text === undefined) return refuse(session, `File ${path} does not exist`);
    let exit = 0;
    for (const line of Buffer.from(text).toString('latin1').split('\n')) {
      const words = wordsOf(line);
      if (words.length === 0) continue;
      if ((await runCommand(session, words)) !== 0) exit = 1;
    }
    return exit;
  };
}

/** The words of a line, up to a comment; in quotes they may have spaces. */
function wordsOf(line: string): readonly string[] {
  const [text = ''] = line.split('#', 1);
  const words = text.trim().matchAll(/"([^"]*)"?|'([^']*)'?|[^ ]+/g);
  return [...words].map(([word, double, single]) => double ?? single ?? word);
}
