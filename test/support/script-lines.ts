/** Reads scripts of `ipmi-bt exec` as the program with all commands does. */

import { Script } from '../../src/cli/commands/exec-lines.ts';
import type { ExecLine, RawLine } from '../../src/cli/commands/exec-lines.ts';
import { PROGRAM } from '../../src/cli/whole-run.ts';

/** The lines of a script of that name; throws a `UsageError` for a wrong one. */
export function scriptLines(name: string, text: string): readonly ExecLine[] {
  const script = new Script(name, PROGRAM);
  script.take(text);
  script.end();
  return script.lines;
}

/** The same for a script that has only raw commands. */
export function rawScriptLines(name: string, text: string): readonly RawLine[] {
  const lines = scriptLines(name, text);
  return lines.filter((line) => line.kind === 'raw');
}
