/**
 * Lines that are typed into a shell on a terminal of its own, with TAB as a user presses it. The
 * command that is completed is a function that prints its words: a line shows what came of it.
 */

import { spawn } from 'node:child_process';

/** A shell, and how it is told of the completions in a folder. */
export interface TypedShell {
  readonly start: string;
  readonly load: (folder: string) => string;
}

/** Prints each of its words in angle brackets. */
const PROGRAM = `ipmi-bt() { printf '<%s>' "$@"; echo; }`;

export const BASH: TypedShell = {
  start: 'bash --norc --noprofile -i',
  load: (folder) => `PS1=; ${PROGRAM}; source ${folder}/ipmi-bt.bash`,
};

export const ZSH: TypedShell = {
  start: 'zsh -f -i',
  load: (folder) =>
    `PS1=; unsetopt promptsp; ${PROGRAM}; fpath=(${folder} $fpath); ` +
    'autoload -U compinit; compinit -u -D',
};

/** Types each line, and returns the words that the command was given in each. */
export async function typed(
  { start, load }: TypedShell,
  folder: string,
  lines: readonly string[],
): Promise<readonly string[]> {
  const env = { ...process.env, TERM: 'dumb', HISTFILE: '' };
  const shell = spawn('script', ['-qec', start, '/dev/null'], { cwd: folder, env });
  let output = '';
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  shell.stdin.end(`${[load(folder), ...lines, 'exit'].join('\r')}\r`);
  await new Promise((resolve) => shell.once('close', resolve));
  const shown = output.split(/\r*\n/).filter((line) => line.startsWith('<'));
  if (shown.length !== lines.length) throw new Error(`the shell printed: ${output}`);
  return shown;
}
