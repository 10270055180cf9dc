/**
 * The `ipmi-bt` command: command line in, exit code out. The exit codes are the table of
 * `docs/errors.md`; with `--json` every failure is one JSON object on standard output.
 */

import { UsageError } from './cli/args.ts';
import { EXIT_BUG, EXIT_CONFIG, EXIT_STREAM, EXIT_USAGE } from './cli/exit-codes.ts';
import { absence, errorFields, failureOf } from './cli/failure.ts';
import type { Failure } from './cli/failure.ts';
import { jsonLine } from './cli/format.ts';
import { NotFoundError } from './cli/not-found.ts';
import { InputError, OutputError, stdout, tellUser } from './cli/output.ts';
import { runProgram } from './cli/program.ts';
import { Interrupted } from './cli/session.ts';
import { ConfigError } from './config-file.ts';
import { IpmiError } from './errors.ts';

/** A link to this program that has this name is the command of this name. */
const IPMITOOL = 'ipmitool';

/** Standard error has it that standard output cannot be written. */
let isLossTold = false;

async function main(words: readonly string[]): Promise<number> {
  const isJson = words.includes('--json');
  try {
    return withOutput(await runProgram(words));
  } catch (error) {
    return tell(describe(error), isJson);
  }
}

/** Tells, once, that standard output could not be written; returns the exit code. */
function withOutput(exit: number): number {
  if (isLossTold || stdout.failure === undefined) return exit;
  return tell(describe(stdout.failure), false);
}

function describe(error: unknown): Failure {
  if (error instanceof Interrupted) return { ...describe(error.cause), exit: error.exit };
  if (error instanceof IpmiError) return failureOf(error);
  if (error instanceof UsageError) {
    const message = `${error.message} (see ipmi-bt ${error.help ?? '--help'})`;
    return { code: 'USAGE', outcome: 'not-sent', message, exit: EXIT_USAGE };
  }
  if (error instanceof NotFoundError) return absence(error);
  if (error instanceof ConfigError) {
    const { message } = error;
    return { code: 'CONFIG', outcome: 'not-sent', message, exit: EXIT_CONFIG };
  }
  if (error instanceof OutputError) {
    const { message } = error;
    return { code: 'OUTPUT', outcome: 'unknown', message, exit: EXIT_STREAM };
  }
  if (error instanceof InputError) {
    const { message } = error;
    return { code: 'INPUT', outcome: 'not-sent', message, exit: EXIT_STREAM };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'BUG', outcome: 'unknown', message, exit: EXIT_BUG };
}

function tell(failure: Failure, isJson: boolean): number {
  const { code, message, exit } = failure;
  if (code === 'OUTPUT') isLossTold = true;
  const isToStdout = isJson && !stdout.isClosed;
  if (isToStdout) stdout.write(jsonLine('error', { error: errorFields(failure) }));
  if (isToStdout && stdout.failure === undefined) return exit;
  // Where nothing can be written any more this is dropped.
  if (isLossTold || stdout.failure === undefined) tellUser(message);
  else tellUser(`${stdout.failure.message}; not printed: ${message}`);
  if (stdout.failure === undefined) return exit;
  isLossTold = true;
  return EXIT_STREAM;
}

/** The words behind the name of the program, of which one name is a command. */
function givenWords([, file = '', ...words]: readonly string[]): readonly string[] {
  const name = file.slice(file.lastIndexOf('/') + 1);
  return name === IPMITOOL ? [IPMITOOL, ...words] : words;
}

void main(givenWords(process.argv)).then((exit) => {
  process.exitCode = exit;
});

// What was left to a stream may turn out to be lost after the command has ended.
process.once('exit', (exit) => {
  process.exitCode = withOutput(exit);
});
