/**
 * `ipmi-bt exec`: many commands in one session, one after the other. A file is read and checked
 * whole before anything is sent; lines of standard input are sent as they come.
 */

import { shownName } from '../../shown.ts';
import { EXIT_WOULD_CHANGE } from '../exit-codes.ts';
import { command, readGlobals } from '../globals.ts';
import type { AnyCommand } from '../globals.ts';
import { filePieces, isRegularFile } from '../input.ts';
import { runSession } from '../session.ts';
import type { Tree } from '../spec.ts';
import { optimizeSooner } from '../startup/optimizer.ts';
import { Script, placed } from './exec-lines.ts';
import type { RawLine } from './exec-lines.ts';
import { exec, giveUp, readyLine } from './exec-session.ts';
import type { ReadyLine } from './exec-session.ts';
import type { Shared } from './exec-turn.ts';

const OPTIONS = {
  keepGoing: { help: 'after a line that failed, go on with the remaining lines' },
  yes: { help: 'confirm the changes of all lines; otherwise each such line needs its --yes' },
} as const;

export const EXEC_COMMAND = command({
  name: 'exec',
  canBridge: true,
  device: 'own',
  help: 'run many commands, one per line, with one opening of the interface',
  hidesWords: true,
  words: [
    {
      name: '<file>',
      help: 'file with the lines; - reads standard input and runs each line at once',
    },
  ],
  options: OPTIONS,
  notes: `A line is a command with its options, as it follows ipmi-bt in a shell; options
of every command, such as --json, stand before exec. Words may stand in double
or single quotes. Blank lines and comments, which begin with #, are skipped.
Nothing is asked: a line that changes something needs --yes, there or here.`,
  examples: [
    { line: 'exec commands.txt', help: 'check the whole file, then run its lines' },
    {
      line: '--json exec --keep-going -',
      help: 'run the lines of standard input, even after a failure',
    },
  ],
  exitCodes: {
    0: 'every line succeeded',
    1: 'the BMC refused a line: another completion code than 0',
    [EXIT_WOULD_CHANGE]: 'a line with --check would change something, and none failed',
    64: 'a line is wrong; of a file, nothing was sent',
  },
  run: async (given) => {
    const { words, options, globals: values, program } = given;
    const [name = ''] = words;
    const globals = readGlobals(values);
    const isStream = name === '-';
    const { keepGoing, yes } = options;
    const shared = { globals: values, program, yes, isStream };
    if (program.kind === 'quick') {
      // Otherwise it can be read only once, and may have any command.
      const lines = isStream || !isRegularFile(name) ? undefined : rawLines(name);
      if (lines === undefined) return await program.runWhole();
      const script = { name: shownName(name), lines, keepGoing, shared };
      return await runSession(globals, 'lazy', exec(script));
    }
    optimizeSooner();
    if (isStream) {
      return await runSession(globals, 'lazy', exec({ name: 'standard input', keepGoing, shared }));
    }
    const lines = await allLines(name, program.tree, shared);
    const script = { name: shownName(name), lines, keepGoing, shared };
    return await runSession(globals, 'lazy', exec(script));
  },
});

/** The lines of a file of raw commands; undefined for one that has other commands. */
function rawLines(name: string): readonly RawLine[] | undefined {
  optimizeSooner();
  const script = new Script(shownName(name), undefined);
  const isRaw = (line: { readonly kind: string }): line is RawLine => line.kind === 'raw';
  for (const piece of filePieces(name)) {
    script.take(piece);
    const last = script.lines.at(-1);
    if (last !== undefined && !isRaw(last)) return undefined;
  }
  script.end();
  const { lines } = script;
  return lines.every(isRaw) ? lines : undefined;
}

/** The lines of a file, each begun; throws a `UsageError` for the first that is wrong. */
async function allLines(
  name: string,
  tree: Tree<AnyCommand>,
  shared: Shared,
): Promise<readonly ReadyLine[]> {
  const shown = shownName(name);
  const script = new Script(shown, tree);
  for (const piece of filePieces(name)) script.take(piece);
  script.end();
  const ready: ReadyLine[] = [];
  try {
    for (const line of script.lines) ready.push(await readyLine(line, shared));
  } catch (error) {
    await giveUp(ready);
    const { number } = script.lines[ready.length] ?? { number: 0 };
    throw placed(error, `${shown}:${number}`);
  }
  return ready;
}
