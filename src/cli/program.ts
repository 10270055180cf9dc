/**
 * Runs a command line. Commands that start fast are here; the others, and the help of the program,
 * are in a second program that is loaded when it is needed.
 */

import { commandWord } from './lookup.ts';
import { VERSION_FLAGS } from './parser.ts';
import { QUICK, runLine } from './quick.ts';

/** Runs the command of the command line; resolves to the exit code. */
export async function runProgram(args: readonly string[]): Promise<number> {
  const runAll = async (): Promise<number> => {
    const { runWhole } = await import('./whole-run.ts');
    return await runWhole(args);
  };
  if (isQuick(args)) return await runLine(QUICK, args, { kind: 'quick', runWhole: runAll });
  return await runAll();
}

/** True for a line with a command of {@link QUICK}, and for a question for the version. */
function isQuick(args: readonly string[]): boolean {
  const word = commandWord(QUICK, args);
  if (word !== undefined) return QUICK.commands.some(({ name }) => name === word);
  return args.length === 1 && VERSION_FLAGS.includes(args[0] ?? '');
}
