#!/usr/bin/env node
/**
 * The `ipmi-bt` command: command line in, exit code out. The exit codes are the table of
 * `docs/errors.md`; with `--json` every failure is one JSON object on standard output.
 */

import { CommanderError } from 'commander';

import { UsageError } from './cli/args.ts';
import { jsonLine } from './cli/format.ts';
import { createProgram } from './cli/program.ts';
import { Interrupted } from './cli/session.ts';
import { ConfigError } from './discover/config.ts';
import { EXIT_CODES, IpmiError } from './errors.ts';

const EXIT_USAGE = 64;
const EXIT_BUG = 70;
const EXIT_CONFIG = 78;

/** A failure as it is told. */
interface Failure {
  readonly code: string;
  readonly outcome: string;
  readonly message: string;
  readonly exit: number;
}

async function main(words: readonly string[]): Promise<number> {
  const isJson = words.includes('--json');
  let exit = 0;
  const program = createProgram((code) => {
    exit = code;
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride();
    // Failures are told once, below.
    command.configureOutput({ outputError: () => undefined });
  }
  try {
    await program.parseAsync([...words], { from: 'user' });
    return exit;
  } catch (error) {
    // --help and --version end by way of an exception, too.
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return tell(describe(error), isJson);
  }
}

function describe(error: unknown): Failure {
  if (error instanceof Interrupted) return { ...describe(error.cause), exit: error.exit };
  if (error instanceof IpmiError) {
    const { code, outcome, message } = error;
    return { code, outcome, message, exit: EXIT_CODES[code] };
  }
  if (error instanceof UsageError || error instanceof CommanderError) {
    const isHelp = error instanceof CommanderError && error.code === 'commander.help';
    const text = isHelp ? 'no command is given' : error.message.replace(/^error: /, '');
    const message = `${text} (see ipmi-bt --help)`;
    return { code: 'USAGE', outcome: 'not-sent', message, exit: EXIT_USAGE };
  }
  if (error instanceof ConfigError) {
    const { message } = error;
    return { code: 'CONFIG', outcome: 'not-sent', message, exit: EXIT_CONFIG };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'BUG', outcome: 'unknown', message, exit: EXIT_BUG };
}

function tell({ code, outcome, message, exit }: Failure, isJson: boolean): number {
  if (isJson) process.stdout.write(jsonLine('error', { error: { code, outcome, message } }));
  else process.stderr.write(`ipmi-bt: ${message}\n`);
  return exit;
}

// Whoever closes our standard output, as `| head -1` does, wants no more of it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

void main(process.argv.slice(2)).then((exit) => {
  process.exitCode = exit;
});
