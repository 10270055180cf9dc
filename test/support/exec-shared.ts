/** The part of their input that the lines of a script have in common, as tests give it. */

import type { Shared } from '../../src/cli/commands/exec-turn.ts';
import { GLOBAL_OPTIONS } from '../../src/cli/globals.ts';
import type { GlobalValues } from '../../src/cli/globals.ts';
import { wordsParser } from '../../src/cli/parser.ts';
import { PROGRAM } from '../../src/cli/whole-run.ts';

/** The options of every command, as the command line gives them for these words. */
export function globalsOf(...words: readonly string[]): GlobalValues {
  const spec = { name: 'any', help: 'takes the options of every command', options: GLOBAL_OPTIONS };
  return wordsParser(spec)(words).options;
}

/** The lines of a file, without a confirmation of their changes. */
export const SHARED: Shared = {
  globals: globalsOf(),
  program: { kind: 'whole', tree: PROGRAM },
  yes: false,
  isStream: false,
};
