/** The command lines of the programs of this package: their help and their errors. */

import type { Command } from 'commander';

/** Columns of the help. */
const HELP_WIDTH = 80;

/** The outputs of a program for what its command line asks for. */
export interface OptionsOutput {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/**
 * Has the command throw a `CommanderError` instead of ending the process, and say its errors as
 * `ipmi-bt` says them. Before its own commands are added, which take this over.
 */
export function withOutput(command: Command, { out, err }: OptionsOutput): Command {
  const name = command.name();
  return command.exitOverride().configureOutput({
    ...{ writeOut: out, writeErr: err, getOutHelpWidth: () => HELP_WIDTH },
    outputError: (text, write) => {
      const said = text
        .trim()
        .replace(/^error: /, '')
        .replaceAll(/\s*\n\s*/g, ' ');
      write(`${name}: ${said} (see ${name} --help)\n`);
    },
  });
}
