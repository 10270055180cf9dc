/**
 * The `ipmi-bt` command: command line in, exit code out. The exit codes are the table of
 * `docs/errors.md`; with `--json` every failure is one JSON object on standard output.
 */

import { UsageError } from './cli/args.ts';
import { EXIT_BUG, EXIT_CONFIG, EXIT_OUTPUT, EXIT_USAGE } from './cli/exit-codes.ts';
import { jsonLine } from './cli/format.ts';
import { OutputError, stdout, tellUser } from './cli/output.ts';
import { runProgram } from './cli/program.ts';
import { Interrupted } from './cli/session.ts';
import { ConfigError } from './discover/config.ts';
import { EXIT_CODES, IpmiError } from './errors.ts';

/** A failure as it is told. */
interface Failure {
  readonly code: string;
  readonly outcome: string;
  readonly message: string;
  readonly exit: number;
}

async function main(words: readonly string[]): Promise<number> {
  const isJson = words.includes('--json');
  try {
    return await runProgram(words);
  } catch (error) {
    return tell(describe(error), isJson);
  }
}

function describe(error: unknown): Failure {
  if (error instanceof Interrupted) return { ...describe(error.cause), exit: error.exit };
  if (error instanceof IpmiError) {
    const { code, outcome, message } = error;
    return { code, outcome, message, exit: EXIT_CODES[code] };
  }
  if (error instanceof UsageError) {
    const message = `${error.message} (see ipmi-bt --help)`;
    return { code: 'USAGE', outcome: 'not-sent', message, exit: EXIT_USAGE };
  }
  if (error instanceof ConfigError) {
    const { message } = error;
    return { code: 'CONFIG', outcome: 'not-sent', message, exit: EXIT_CONFIG };
  }
  if (error instanceof OutputError) {
    const { message } = error;
    return { code: 'OUTPUT', outcome: 'unknown', message, exit: EXIT_OUTPUT };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'BUG', outcome: 'unknown', message, exit: EXIT_BUG };
}

function tell({ code, outcome, message, exit }: Failure, isJson: boolean): number {
  // Where nothing can be written any more this is dropped.
  if (isJson && !stdout.isClosed)
    stdout.write(jsonLine('error', { error: { code, outcome, message } }));
  else tellUser(message);
  return exit;
}

void main(process.argv.slice(2)).then((exit) => {
  process.exitCode = exit;
});
